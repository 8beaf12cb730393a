/** @file AveragePool: the mean of each window. ONNX AveragePool-19 (with dilations). */

import { f32, sizeOf } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { averagePoolGradient } from "./average-pool-gradient.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { forWindows, poolAttributes, poolDims, poolPlaces, poolWork } from "./pooling.ts";
import { overhang } from "./window.ts";

export const AveragePool = operator("AveragePool", {
  since: 19,
  arity: [1, 1],
  attributes: { ...poolAttributes, count_include_pad: flag(false) },
  shape: ([x], at) => [{ dtype: x.dtype, dims: poolDims(x, at) }],
  run: ([x], at) => {
    const places = poolPlaces(at, x.dims);
    const values = doubles(x);
    const dims = [...x.dims.slice(0, 2), ...places.out];
    const out = new Float64Array(sizeOf(dims));
    forWindows(x.dims, places, (output, base, origin) => {
      let sum = 0;
      let count = 0;
      for (const tap of places.taps) {
        const from = places.source[origin + tap]!;
        if (from >= 0) sum += values[base + from]!;
        if (from >= 0 || (at.count_include_pad && from !== overhang)) count++;
      }
      out[output] = sum / count;
    });
    return [fromNumbers(x.dtype, dims, out)];
  },
  // y[p] = Σₜ x[p·s + t·d − pad] / countₚ, hence dx = the transposed convolution of dy / count with a kernel of ones
  gradient: (g, [x], [dy], at) => [averagePoolGradient(g, x, dy, at)],
  work: ([x], [y], at) => poolWork([x], [y], sizeOf(at.kernel_shape), { add: 1 }, { divide: 1 }),
  examples: [
    {
      name: "window = stride",
      inputs: [f32([1, 2, 2, 4], [1, 5, -3, -4, 2, 3, -2, -1, 0, 7, 8, 9, 6, 4, 11, 10])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      expected: [f32([1, 2, 1, 2], [2.75, -2.5, 4.25, 9.5])],
    },
    {
      name: "padding does not count",
      inputs: [f32([1, 1, 3], [3, 6, 12])],
      attributes: { kernel_shape: [3], pads: [1, 1] },
      expected: [f32([1, 1, 3], [4.5, 7, 9])],
    },
    {
      name: "padding counts",
      inputs: [f32([1, 1, 3], [3, 6, 12])],
      attributes: { kernel_shape: [3], pads: [1, 1], count_include_pad: true },
      expected: [f32([1, 1, 3], [3, 7, 6])],
    },
    {
      name: "ceil mode: what hangs over the end never counts",
      inputs: [f32([1, 1, 4], [1, 2, 3, 4])],
      attributes: { kernel_shape: [3], strides: [2], ceil_mode: true, count_include_pad: true },
      expected: [f32([1, 1, 2], [2, 3.5])],
    },
    {
      name: "SAME_LOWER, overlapping windows over two axes",
      inputs: [f32([1, 1, 2, 3], [1, 2, 3, 4, 5, 6])],
      attributes: { kernel_shape: [2, 2], auto_pad: "SAME_LOWER" },
      expected: [f32([1, 1, 2, 3], [1, 1.5, 2.5, 2.5, 3, 4])],
    },
    {
      name: "dilation and stride leave a rest",
      inputs: [f32([2, 1, 7], [1, 2, 3, 4, 5, 6, 7, 0, -1, 2, 5, 1, 3, -2])],
      attributes: { kernel_shape: [2], strides: [3], dilations: [2] },
      expected: [f32([2, 1, 2], [2, 5, 1, 4])],
    },
    {
      name: "a window equal to its stride leaves a rest",
      inputs: [f32([1, 1, 3, 5], [1, 5, 9, 2, 30, 4, 8, 3, 7, 20, 10, 11, 12, 13, 14])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      expected: [f32([1, 1, 1, 2], [4.5, 5.25])],
    },
  ],
});
