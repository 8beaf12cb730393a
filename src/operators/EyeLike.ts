/** @file EyeLike: ones on the k-th diagonal, in the shape of a matrix. ONNX EyeLike-22. */

import { f32, sizeOf, tensor } from "../base/tensor.ts";
import { elementType, int } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

export const EyeLike = operator("EyeLike", {
  since: 9,
  arity: [1, 1],
  attributes: { dtype: elementType(), k: int(0) },
  shape: ([x], { dtype }) => {
    checkRank(x, 2, "input");
    return [{ dtype: dtype ?? x.dtype, dims: x.dims }];
  },
  run: ([x], { dtype, k }) => {
    const columns = x.dims[1]!;
    const isOn = (_: unknown, i: number) => ((i % columns) - Math.floor(i / columns) === k ? 1 : 0);
    return [tensor(dtype ?? x.dtype, x.dims, Array.from({ length: sizeOf(x.dims) }, isOn))];
  },
  gradient: none("it depends on the shape alone"),
  work: (_inputs, outputs) => streaming([], outputs),
  tolerance: 0,
  examples: [
    {
      name: "square",
      inputs: [f32([2, 2], [5, 6, 7, 8])],
      expected: [f32([2, 2], [1, 0, 0, 1])],
    },
    {
      name: "above the diagonal, another type",
      inputs: [f32([2, 3], [5, 6, 7, 8, 9, 10])],
      attributes: { dtype: "int32", k: 1 },
      expected: [tensor("int32", [2, 3], [0, 1, 0, 0, 0, 1])],
    },
    {
      name: "below the diagonal",
      inputs: [tensor("int64", [2, 2], [5, 6, 7, 8])],
      attributes: { k: -1 },
      expected: [tensor("int64", [2, 2], [0, 0, 1, 0])],
    },
  ],
});
