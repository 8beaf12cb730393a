/** @file Shape: the dimensions of a tensor as an int64 vector. ONNX Shape-15. */

import { f32, i64 } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

export const Shape = operator("Shape", {
  since: 15,
  arity: [1, 1],
  attributes: { start: int(0), end: int() },
  shape: ([x], { start, end }, context) => {
    const isWhole = start === 0 && end === undefined;
    if (x.dims === undefined) return [{ dtype: "int64", dims: [context.fresh(isWhole ? "rank" : "part")] }];
    const contents = x.dims.slice(start, end);
    return [{ dtype: "int64", dims: [contents.length], contents }];
  },
  run: ([x], { start, end }) => [i64(x.dims.slice(start, end))],
  gradient: none("a shape does not depend on the elements"),
  work: (_inputs, outputs) => streaming([], outputs),
  tolerance: 0,
  examples: [
    { name: "whole", inputs: [f32([2, 1, 2], [1, 2, 3, 4])], expected: [i64([2, 1, 2])] },
    { name: "a scalar", inputs: [f32([], [1])], expected: [i64([])] },
    {
      name: "from the end",
      inputs: [f32([2, 1, 2], [1, 2, 3, 4])],
      attributes: { start: -2, end: -1 },
      expected: [i64([1])],
    },
    {
      name: "beyond the end",
      inputs: [f32([2, 1], [1, 2])],
      attributes: { start: 1, end: 9 },
      expected: [i64([1])],
    },
  ],
});
