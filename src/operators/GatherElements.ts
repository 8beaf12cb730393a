/** @file GatherElements: for each index, the element of data at the same place but for one axis. ONNX GatherElements-13. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { zerosLike } from "./fill.ts";
import { operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { elementPositions } from "./ScatterElements.ts";
import { axisIndex } from "./shapes.ts";
import { movement } from "./work.ts";

export const GatherElements = operator("GatherElements", {
  since: 11,
  arity: [2, 2],
  attributes: { axis: int(0) },
  shape: ([data, indices], { axis }) => {
    if (data.dims !== undefined) axisIndex(axis, data.dims.length);
    return [{ dtype: data.dtype, dims: indices.dims }];
  },
  run: ([data, indices], { axis }) => [
    pick(data, indices.dims, elementPositions(data.dims, indices, axisIndex(axis, data.dims.length))),
  ],
  // ∂L/∂data = dy added at the places the elements were taken from
  gradient: (g, [data, indices], [dy], { axis }) => [
    g.op("ScatterElements", [zerosLike(g, data), indices, dy], { axis, reduction: "add" }),
  ],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "last axis, one place twice",
      inputs: [f32([2, 2], [1, 2, 3, 4]), tensor("int64", [2, 2], [0, 0, 1, 0])],
      attributes: { axis: 1 },
      expected: [f32([2, 2], [1, 1, 4, 3])],
    },
    {
      name: "first axis, fewer columns, from the end",
      inputs: [f32([3, 2], [1, 2, 3, 4, 5, 6]), tensor("int32", [2, 1], [-1, 0])],
      expected: [f32([2, 1], [5, 1])],
    },
    { name: "int64", inputs: [i64([5, 6]), i64([1, 1, 0])], expected: [i64([6, 6, 5])] },
  ],
});
