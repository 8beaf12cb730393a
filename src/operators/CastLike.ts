/** @file CastLike: the elements as the type of another tensor. ONNX CastLike-25. */

import { isFloat } from "../base/dtype.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { flag, text } from "./attributes.ts";
import { castTensor, roundModes } from "./casting.ts";
import { dtypeOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { elementwise } from "./work.ts";

export const CastLike = operator("CastLike", {
  since: 15,
  arity: [2, 2],
  attributes: { saturate: flag(true), round_mode: text(...roundModes) },
  shape: ([x, like]) => [{ dtype: like!.dtype, dims: x!.dims }],
  run: ([x, like], options) => [castTensor(x!, like!.dtype, options)],
  // ∂L/∂x = dy between floats, rounding passed straight through; integers and booleans let nothing through
  gradient: (g, [x, like], [dy]) => {
    const isSmooth = isFloat(dtypeOf(x!)) && isFloat(dtypeOf(like!));
    return [isSmooth ? g.cast(dy!, dtypeOf(x!)) : undefined, undefined];
  },
  work: elementwise({ convert: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "int64 to float",
      inputs: [i64([3, -4]), f32([1], [0])],
      expected: [f32([2], [3, -4])],
    },
    {
      name: "float to double",
      inputs: [f32([2], [1.5, -0.25]), tensor("float64", [1], [0])],
      expected: [tensor("float64", [2], [1.5, -0.25])],
    },
    {
      name: "float to int32 truncates",
      inputs: [f32([2], [1.9, -1.9]), tensor("int32", [], [0])],
      expected: [tensor("int32", [2], [1, -1])],
      gradientOf: [],
    },
  ],
});
