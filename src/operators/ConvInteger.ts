/** @file ConvInteger: convolution of 8-bit integers, zero points taken off, into int32. ONNX ConvInteger-10. */

import { type Tensor, tensor } from "../base/tensor.ts";
import { convAttributes, convDims, convolve, convWindow, convWork } from "./convolution.ts";
import { fromNumbers } from "./loops.ts";
import { none, operator } from "./operator.ts";
import { withoutZeroPoint } from "./zero-point.ts";

export const ConvInteger = operator("ConvInteger", {
  since: 10,
  arity: [2, 4],
  attributes: convAttributes,
  shape: ([x, w], at) => [{ dtype: "int32", dims: convDims(x, w, at) }],
  run: ([x, w, xZero, wZero]: readonly (Tensor | undefined)[], at, context) => {
    const { dims, values, macs } = convolve(
      // Padding stands for 0, that is, for x's zero point: it is added after the zero point is off
      { dims: x!.dims, values: withoutZeroPoint(x!, xZero, 1) },
      { dims: w!.dims, values: withoutZeroPoint(w!, wZero, 0) },
      at.group,
      convWindow(at, x!.dims, w!.dims),
    );
    context.tally.mac += macs;
    return [fromNumbers("int32", dims, values)];
  },
  gradient: none("integers"),
  work: ([x, w], [y], at) => convWork(x, w, y, at, { x: 0, w: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "a zero point of x, padding",
      inputs: [
        tensor("uint8", [1, 1, 3, 3], [2, 3, 4, 5, 6, 7, 8, 9, 10]),
        tensor("uint8", [1, 1, 2, 2], [1, 1, 1, 1]),
        tensor("uint8", [], [1]),
      ],
      attributes: { pads: [1, 1, 1, 1] },
      expected: [tensor("int32", [1, 1, 4, 4], [1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9])],
    },
    {
      name: "int8 weights, stride, two groups",
      inputs: [
        tensor("uint8", [1, 2, 1, 4], [1, 2, 3, 4, 250, 251, 252, 255]),
        tensor("int8", [2, 1, 1, 2], [1, -128, 127, 5]),
        tensor("uint8", [], [128]),
      ],
      attributes: { strides: [1, 2], group: 2 },
      expected: [tensor("int32", [1, 2, 1, 2], [16001, 15747, 16109, 16383])],
    },
  ],
});
