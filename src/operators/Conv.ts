/** @file Conv: convolution over any number of spatial axes, with groups, strides, dilations and padding. ONNX Conv-11. */

import { f32, type Tensor } from "../base/tensor.ts";
import { channelSums } from "./channel-sums.ts";
import { inputGradient } from "./conv-input-gradient.ts";
import { weightGradient } from "./conv-weight-gradient.ts";
import { addBias, convAttributes, convDims, convolve, convWindow, convWork, withBias } from "./convolution.ts";
import { dimsOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { sameTypes } from "./shapes.ts";

export const Conv = operator("Conv", {
  since: 11,
  arity: [2, 3],
  attributes: convAttributes,
  shape: ([x, w, b], at) => {
    sameTypes(x, w, b);
    return [{ dtype: x.dtype, dims: convDims(x, w, at) }];
  },
  run: ([x, w, b], at, context) => {
    const window = convWindow(at, x.dims, w.dims);
    const plain = (t: Tensor) => ({ dims: t.dims, values: doubles(t) });
    const { dims, values, macs } = convolve(plain(x), plain(w), at.group, window);
    context.tally.mac += macs;
    addBias(values, dims, b);
    return [fromNumbers(x.dtype, dims, values)];
  },
  // y[n,o,p] = Σ x[n,i,p·s+t·d−pad]·w[o,i,t] + b[o], hence
  // dx = the transposed convolution of dy with w;  dw[o,i,t] = Σₙₚ dy[n,o,p]·x[n,i,p·s+t·d−pad];  db[o] = Σₙₚ dy[n,o,p]
  gradient: (g, [x, w, b], [dy], at) => {
    const window = convWindow(at, dimsOf(x), dimsOf(w));
    return [
      inputGradient(g, { w, dy, dims: dimsOf(x) }, at.group, window),
      weightGradient(g, { x, dy, dims: dimsOf(w) }, at.group, window),
      b && channelSums(g, dy),
    ];
  },
  work: ([x, w, b], [y], at) => withBias(convWork(x, w, y, at, { x: 0, w: 1 }), b, y, w.dims[0]! / at.group, 2),
  examples: [
    {
      name: "one channel, a kernel of ones",
      inputs: [f32([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), f32([1, 1, 2, 2], [1, 1, 1, 1])],
      expected: [f32([1, 1, 2, 2], [12, 16, 24, 28])],
    },
    {
      name: "padding, stride 2, bias, two images",
      inputs: [
        f32([2, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 0, 2, 1, 3, -2, 0, 1, 4]),
        f32([2, 1, 3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, -1]),
        f32([2], [0.5, -1]),
      ],
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
      // Laplacian and diagonal difference at the four corners, zeros outside
      expected: [f32([2, 2, 2, 2], [2.5, -3.5, -15.5, -21.5, -6, -1, -1, 4, 5.5, -9.5, 2.5, -16.5, -4, -1, -1, 2])],
    },
    {
      name: "dilation over one axis",
      inputs: [f32([1, 2, 6], [1, 2, 3, 4, 5, 6, -1, 0, 1, 2, 0, 1]), f32([1, 2, 2], [1, -1, 2, 3])],
      attributes: { dilations: [3] },
      // 1−4 + 2·(−1)+3·2, 2−5 + 0+0, 3−6 + 2+3
      expected: [f32([1, 1, 3], [1, -3, 2])],
    },
    {
      name: "two groups",
      inputs: [f32([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), f32([4, 1, 1, 2], [1, 0, 0, 1, 2, 1, -1, 1])],
      attributes: { group: 2 },
      expected: [f32([1, 4, 2, 1], [1, 3, 2, 4, 16, 22, 1, 1])],
    },
    {
      name: "SAME_LOWER with an even kernel",
      inputs: [f32([1, 1, 4], [1, 2, 3, 4]), f32([1, 1, 2], [10, 1])],
      attributes: { auto_pad: "SAME_LOWER" },
      expected: [f32([1, 1, 4], [1, 12, 23, 34])],
    },
    {
      name: "SAME_UPPER with stride 2",
      inputs: [f32([1, 1, 5], [1, 2, 3, 4, 5]), f32([1, 1, 3], [1, 10, 100])],
      attributes: { auto_pad: "SAME_UPPER", strides: [2] },
      expected: [f32([1, 1, 3], [210, 432, 54])],
    },
    {
      name: "VALID, a stride that leaves a rest, dilation and unequal padding",
      inputs: [
        f32(
          [1, 1, 6, 5],
          Array.from({ length: 30 }, (_, i) => ((i * 7) % 11) - 4),
        ),
        f32([2, 1, 2, 2], [1, -2, 0.5, 3, -1, 2, 1, 0]),
      ],
      attributes: { strides: [3, 2], dilations: [2, 1], pads: [0, 1, 1, 2] },
    },
    {
      name: "VALID",
      inputs: [f32([1, 1, 4], [1, 2, 3, 4]), f32([1, 1, 3], [1, 1, 1])],
      attributes: { auto_pad: "VALID", strides: [2] },
      expected: [f32([1, 1, 1], [6])],
    },
    {
      name: "three spatial axes",
      inputs: [f32([1, 1, 2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), f32([1, 1, 2, 1, 2], [1, -1, 2, 0.5])],
      // a−b of the first slab + 2a + b/2 of the second
      expected: [f32([1, 1, 1, 2, 2], [17, 19.5, 24.5, 27])],
    },
    {
      name: "depthwise, three channels, multiplier 2",
      inputs: [
        f32(
          [2, 3, 3, 3],
          Array.from({ length: 54 }, (_, i) => ((i * 5) % 13) / 4 - 1),
        ),
        f32(
          [6, 1, 2, 2],
          Array.from({ length: 24 }, (_, i) => ((i * 3) % 7) / 2 - 1.25),
        ),
        f32([6], [0.5, -0.5, 1, 0, 2, -1]),
      ],
      attributes: { group: 3, pads: [1, 0, 0, 1], strides: [2, 1] },
    },
  ],
});
