/** @file LRN: local response normalization, x / (bias + α/size · Σ x²)^β over neighbouring channels. ONNX LRN-13. */

import { f32, sizeOf } from "../base/tensor.ts";
import { multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { float, int, required } from "./attributes.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { checkSpatial } from "./pooling.ts";
import { streaming } from "./work.ts";

/** How many channels the window reaches down and up. */
const sides = (size: number): [number, number] => [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];

/** The sum over channels c − below … c + above: an average pool over [N, 1, C, rest], times the window. */
function neighbours(g: Emit, x: Value, [below, above]: readonly [number, number]): Value {
  const [batch, channels, ...spatial] = dimsOf(x);
  const size = below + above + 1;
  const sheet = g.reshape(x, [batch!, 1, channels!, multiplyDims(...spatial)]);
  const mean = g.op("AveragePool", [sheet], {
    kernel_shape: [size, 1],
    pads: [below, 0, above, 0],
    count_include_pad: true,
  });
  return g.reshapeLike(g.scale(mean, size), x);
}

export const LRN = operator("LRN", {
  since: 13,
  arity: [1, 1],
  attributes: { alpha: float(1e-4), beta: float(0.75), bias: float(1), size: required(int()) },
  shape: ([x]) => {
    checkSpatial(x);
    return [{ dtype: x.dtype, dims: x.dims }];
  },
  run: ([x], { alpha, beta, bias, size }) => {
    const values = doubles(x);
    const out = new Float64Array(values.length);
    const channels = x.dims[1]!;
    const plane = sizeOf(x.dims.slice(2));
    const [below, above] = sides(size);
    for (let i = 0; i < values.length; i++) {
      const c = Math.floor(i / plane) % channels;
      let sum = 0;
      for (let k = Math.max(0, c - below); k <= Math.min(channels - 1, c + above); k++) {
        sum += values[i + (k - c) * plane]! ** 2;
      }
      out[i] = values[i]! / (bias + (alpha / size) * sum) ** beta;
    }
    return [fromNumbers(x.dtype, x.dims, out)];
  },
  // With s = bias + α/size·Σ x²: dx = dy·s^−β − (2αβ/size)·x·Σ' dy·x·s^(−β−1), where Σ' looks the other way
  gradient: (g, [x], [dy], { alpha, beta, bias, size }) => {
    const [below, above] = sides(size);
    const sum = neighbours(g, g.mul(x, x), [below, above]);
    const s = g.add(g.scale(sum, alpha / size), g.scalar(x, bias));
    const gain = g.op("Pow", [s, g.scalar(x, -beta)]);
    const back = neighbours(g, g.mul(g.mul(dy, x), g.div(gain, s)), [above, below]);
    return [g.sub(g.mul(dy, gain), g.scale(g.mul(x, back), (2 * alpha * beta) / size))];
  },
  work: ([x], [y], { size }) => {
    const total = sizeOf(x.dims);
    return streaming([x], [y], { add: size * total, multiply: (size + 1) * total, exponential: total, divide: total });
  },
  examples: [
    {
      name: "three neighbours",
      inputs: [f32([1, 3, 1, 1], [1, 2, -2])],
      attributes: { size: 3, alpha: 3, beta: 0.5, bias: 4 },
      // sums of squares 5, 9, 8
      expected: [f32([1, 3, 1, 1], [1 / 3, 2 / Math.sqrt(13), -2 / Math.sqrt(12)])],
    },
    {
      name: "an even window reaches further up",
      inputs: [f32([2, 3, 1, 2], [1, 0.5, 2, -1, -2, 1.5, 0.25, 3, 1, -2, 0.75, 1.25])],
      attributes: { size: 2, alpha: 2, beta: 1, bias: 1 },
      notInRuntime: "ONNX Runtime takes odd sizes only",
      expected: [
        f32(
          [2, 3, 1, 2],
          [
            1 / 6,
            0.5 / 2.25,
            2 / 9,
            -1 / 4.25,
            -2 / 5,
            1.5 / 3.25,
            0.25 / 2.0625,
            3 / 14,
            1 / 2.5625,
            -2 / 6.5625,
            0.75 / 1.5625,
            1.25 / 2.5625,
          ],
        ),
      ],
    },
  ],
});
