/** @file InstanceNormalization: every channel of every image standardized by itself, then scale and B. ONNX InstanceNormalization-6. */

import { f32, numbers, sizeOf } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { float } from "./attributes.ts";
import { channelSums } from "./channel-sums.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { checkSpatial } from "./pooling.ts";
import { checkRank } from "./shapes.ts";
import { standardize, standardized, standardizeGradient } from "./standardize.ts";
import { streaming } from "./work.ts";

/** [C] as [C, 1 …], to multiply [N, C, …]. */
export const perChannel = (g: Emit, parameter: Value, x: Value): Value =>
  g.reshape(parameter, [dimsOf(parameter)[0]!, ...new Array<number>(rankOf(x) - 2).fill(1)]);

/** values · scale[c] + bias[c] in place, for [N, C, …]. */
export function affineChannels(
  values: Float64Array,
  dims: readonly number[],
  scale: ArrayLike<number>,
  bias: ArrayLike<number>,
): void {
  const plane = sizeOf(dims.slice(2));
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor(i / plane) % dims[1]!;
    values[i] = values[i]! * scale[c]! + bias[c]!;
  }
}

export const InstanceNormalization = operator("InstanceNormalization", {
  since: 6,
  arity: [3, 3],
  attributes: { epsilon: float(1e-5) },
  shape: ([x, scale, bias]) => {
    checkSpatial(x);
    checkRank(scale, 1, "scale");
    checkRank(bias, 1, "B");
    return [{ dtype: x.dtype, dims: x.dims }];
  },
  run: ([x, scale, bias], at) => {
    const { values } = standardize(doubles(x), sizeOf(x.dims.slice(2)), at);
    affineChannels(values, x.dims, numbers(scale), numbers(bias));
    return [fromNumbers(x.dtype, x.dims, values)];
  },
  // With x̂ = (x − μ)·r per image and channel: dscale = Σ dy·x̂, dB = Σ dy, dx̂ = dy·scale
  gradient: (g, [x, scale], [dy], at) => {
    const axes = Array.from({ length: rankOf(x) - 2 }, (_, i) => i + 2);
    const { hat, r } = standardized(g, x, axes, at);
    return [
      standardizeGradient(g, { dHat: g.mul(dy, perChannel(g, scale, x)), hat, r }, axes),
      channelSums(g, g.mul(dy, hat)),
      channelSums(g, dy),
    ];
  },
  work: (inputs, outputs) => {
    const size = sizeOf(inputs[0]!.dims);
    return streaming(inputs, outputs, { add: 4 * size, multiply: 3 * size });
  },
  examples: [
    {
      name: "two images, two channels",
      inputs: [f32([2, 2, 2], [1, 3, 5, 9, -1, 1, 0, 6]), f32([2], [1, 2]), f32([2], [0, 0.5])],
      attributes: { epsilon: 0 },
      expected: [f32([2, 2, 2], [-1, 1, -1.5, 2.5, -1, 1, -1.5, 2.5])],
    },
    {
      name: "two spatial axes",
      inputs: [
        f32([1, 2, 2, 3], [0.5, -1, 2, 0.25, 3, -0.75, 1.5, 0, -2, 1, 4, -0.5]),
        f32([2], [1.5, -1]),
        f32([2], [0.25, 1]),
      ],
      attributes: { epsilon: 0.1 },
    },
  ],
});
