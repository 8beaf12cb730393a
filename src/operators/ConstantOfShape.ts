/** @file ConstantOfShape: a tensor of one repeated value; float zero where none is given. ONNX ConstantOfShape-9. */

import { isInteger } from "../base/dtype.ts";
import { f32, i64, integers, sizeOf, tensor } from "../base/tensor.ts";
import { tensorAttribute } from "./attributes.ts";
import { dimsIn, span } from "./contents.ts";
import { none, operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { streaming } from "./work.ts";

export const ConstantOfShape = operator("ConstantOfShape", {
  since: 9,
  arity: [1, 1],
  attributes: { value: tensorAttribute(f32([1], [0])) },
  shape: ([shape], { value }, context) => {
    const rank = shape.dims?.[0];
    const dims =
      dimsIn(shape) ?? (typeof rank === "number" ? span(rank).map(() => context.fresh("filled")) : undefined);
    const size = dims !== undefined && dims.length <= 1 ? (dims[0] ?? 1) : undefined;
    const isShape = isInteger(value.dtype) && typeof size === "number" && size <= 64;
    return [{ dtype: value.dtype, dims, ...(isShape && { contents: new Array(size).fill(integers(value)[0]) }) }];
  },
  run: ([shape], { value }) => {
    const dims = integers(shape);
    return [pick(value, dims, new Int32Array(sizeOf(dims)))];
  },
  gradient: none("the result depends on the shape alone"),
  work: (_inputs, outputs) => streaming([], outputs),
  tolerance: 0,
  examples: [
    { name: "zeros", inputs: [i64([2, 1])], expected: [f32([2, 1], [0, 0])] },
    {
      name: "a value",
      inputs: [i64([3])],
      attributes: { value: tensor("int64", [1], [7]) },
      expected: [i64([7, 7, 7])],
    },
    { name: "a scalar", inputs: [i64([])], attributes: { value: f32([1], [2]) }, expected: [f32([], [2])] },
    { name: "empty", inputs: [i64([0, 2])], expected: [f32([0, 2], [])] },
  ],
});
