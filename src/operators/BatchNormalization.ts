/**
 * @file BatchNormalization: (x − mean) / √(var + ε) · scale + B for each channel; in training mode mean and (biased)
 * variance are those of the batch, and running statistics are given out. ONNX BatchNormalization-15.
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { flag, float } from "./attributes.ts";
import { batchNormalizationGradient } from "./batch-normalization-gradient.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { type Access, type Bound, streaming, type Work } from "./work.ts";

function checkParameters(x: Known, parameters: readonly Known[]): void {
  const channels = x.dims === undefined ? undefined : (x.dims[1] ?? 1);
  for (const [index, name] of ["scale", "B", "input_mean", "input_var"].entries()) {
    const parameter = parameters[index]!;
    checkRank(parameter, 1, name);
    const size = parameter.dims?.[0];
    if (typeof size === "number" && typeof channels === "number" && size !== channels) {
      fail({
        code: "shape.channels",
        where: `input ${name}`,
        message: "needs one element for each channel",
        expected: `[${channels}]`,
        got: `[${size}]`,
      });
    }
  }
}

/** Mean and biased variance of every channel. */
function channelStatistics(
  values: Float64Array,
  dims: readonly number[],
): { mean: Float64Array; variance: Float64Array } {
  const channels = dims[1] ?? 1;
  const plane = sizeOf(dims.slice(2));
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const count = values.length / channels;
  for (let i = 0; i < values.length; i++) mean[Math.floor(i / plane) % channels]! += values[i]! / count;
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor(i / plane) % channels;
    variance[c]! += (values[i]! - mean[c]!) ** 2 / count;
  }
  return { mean, variance };
}

/** What the running statistics become: old·momentum + batch·(1 − momentum). */
function blend(old: Tensor, batch: Float64Array, momentum: number): Tensor {
  const before = numbers(old);
  return fromNumbers(
    old.dtype,
    old.dims,
    batch.map((value, i) => before[i]! * momentum + value * (1 - momentum)) as Float64Array<ArrayBuffer>,
  );
}

export const BatchNormalization = operator("BatchNormalization", {
  since: 15,
  arity: [5, 5],
  outputs: 3,
  attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: flag(false) },
  shape: ([x, ...parameters], at, context) => {
    checkParameters(x, parameters);
    if (!at.training_mode && context.outputs > 1) {
      fail({
        code: "operator.arity",
        message: "gives running statistics in training mode only",
        expected: "1 output",
        got: `${context.outputs}`,
      });
    }
    const [, , mean, variance] = parameters;
    return [
      { dtype: x.dtype, dims: x.dims },
      { dtype: mean!.dtype, dims: mean!.dims },
      { dtype: variance!.dtype, dims: variance!.dims },
    ];
  },
  run: ([x, scale, bias, mean, variance], at) => {
    const values = doubles(x);
    const batch = at.training_mode
      ? channelStatistics(values, x.dims)
      : { mean: doubles(mean), variance: doubles(variance) };
    const channels = x.dims[1] ?? 1;
    const plane = sizeOf(x.dims.slice(2));
    const [gain, shift] = [numbers(scale), numbers(bias)];
    const factor = Float64Array.from(batch.variance, (v, c) => gain[c]! / Math.sqrt(v + at.epsilon));
    const out = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const c = Math.floor(i / plane) % channels;
      out[i] = (values[i]! - batch.mean[c]!) * factor[c]! + shift[c]!;
    }
    const y = fromNumbers(x.dtype, x.dims, out);
    if (!at.training_mode) return [y];
    return [y, blend(mean, batch.mean, at.momentum), blend(variance, batch.variance, at.momentum)];
  },
  gradient: batchNormalizationGradient,
  work: (inputs, outputs, at) => {
    const size = sizeOf(inputs[0]!.dims);
    // With given statistics, factor and shift of a channel are constants of the model: one product and one sum remain.
    if (!at.training_mode) return channelAffineWork(inputs, outputs, { multiply: size, add: size });
    const channels = inputs[1]!.dims[0]!;
    // Statistics: one sum, one difference, square and sum per element; the rest is per channel.
    return streaming(inputs, outputs, {
      add: 5 * size + channels,
      multiply: 2 * size,
      divide: channels,
      squareRoot: channels,
    });
  },
  examples: [
    {
      name: "given statistics",
      inputs: [
        f32([1, 2, 1, 3], [-1, 0, 1, 2, 3, 4]),
        f32([2], [1, 1.5]),
        f32([2], [0, 1]),
        f32([2], [0, 3]),
        f32([2], [1, 1.5]),
      ],
      // (2 − 3)/√1.5·1.5 + 1 = 1 − √1.5 up to ε
      expected: [f32([1, 2, 1, 3], [-0.999995, 0, 0.999995, -0.22474079, 1, 2.22474079])],
    },
    {
      name: "a large epsilon, two axes only",
      inputs: [
        f32([3, 2], [1, 2, 3, 4, 5, -6]),
        f32([2], [2, -1]),
        f32([2], [0.5, 0]),
        f32([2], [1, 2]),
        f32([2], [3, 8]),
      ],
      attributes: { epsilon: 1 },
      expected: [f32([3, 2], [0.5, 0, 2.5, -2 / 3, 4.5, 8 / 3])],
    },
    {
      name: "training mode: statistics of the batch",
      inputs: [
        f32([2, 2, 2], [1, 3, 2, 2, 5, 7, 4, 8]),
        f32([2], [1, 2]),
        f32([2], [0, 1]),
        f32([2], [10, 20]),
        f32([2], [2, 4]),
      ],
      attributes: { training_mode: true, epsilon: 0 },
      outputs: 3,
      // means 4 and 4, variances 5 and 6
      expected: [
        f32(
          [2, 2, 2],
          [
            -3 / Math.sqrt(5),
            -1 / Math.sqrt(5),
            1 - 4 / Math.sqrt(6),
            1 - 4 / Math.sqrt(6),
            1 / Math.sqrt(5),
            3 / Math.sqrt(5),
            1,
            1 + 8 / Math.sqrt(6),
          ],
        ),
        f32([2], [9.4, 18.4]),
        f32([2], [2.3, 4.2]),
      ],
    },
    {
      name: "training mode, gradient through the statistics",
      inputs: [
        f32([3, 2, 2], [1, 3, 2, 2.5, 5, 7, 4, 8, -1, 0.5, 0, 1]),
        f32([2], [1.5, -2]),
        f32([2], [0.25, 1]),
        f32([2], [0, 0]),
        f32([2], [1, 1]),
      ],
      attributes: { training_mode: true, momentum: 0.5 },
      outputs: 3,
    },
  ],
});

/** Every output element needs the input element of its own place and its channel's constants. */
function channelAffineWork(
  inputs: readonly (Bound | undefined)[],
  outputs: readonly (Bound | undefined)[],
  ops: Parameters<typeof streaming>[2],
): Work {
  const work = streaming(inputs, outputs, ops);
  const place = inputs[0]!.dims.map((_, axis) => ({ [`d${axis}`]: 1 }));
  const access = work.access.map(
    (entry): Access => ({
      ...entry,
      index: "input" in entry.tensor && entry.tensor.input > 0 ? [{ d1: 1 }] : place,
    }),
  );
  return { ...work, access };
}
