/** @file GatherND: the blocks of data named by tuples of indices. ONNX GatherND-13. */

import { fail } from "../base/errors.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { gatherBlocksGradient } from "./nd-gradient.ts";
import { blockPositions } from "./nd-positions.ts";
import { operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { movement } from "./work.ts";

export const GatherND = operator("GatherND", {
  since: 12,
  arity: [2, 2],
  attributes: { batch_dims: int(0) },
  shape: ([data, indices], { batch_dims }) => {
    const width = indices.dims?.at(-1);
    if (data.dims === undefined || indices.dims === undefined || typeof width !== "number") {
      return [{ dtype: data.dtype, dims: undefined }];
    }
    if (batch_dims + width > data.dims.length) {
      fail({
        code: "shape.rank",
        where: "input indices",
        message: `name ${width} axes after ${batch_dims} batch axes`,
        expected: `at most the ${data.dims.length} axes of data`,
      });
    }
    return [{ dtype: data.dtype, dims: [...indices.dims.slice(0, -1), ...data.dims.slice(batch_dims + width)] }];
  },
  run: ([data, indices], { batch_dims }) => {
    const dims = [...indices.dims.slice(0, -1), ...data.dims.slice(batch_dims + indices.dims.at(-1)!)];
    return [pick(data, dims, blockPositions(data.dims, indices, batch_dims))];
  },
  // ∂L/∂data = dy added at the places the blocks were taken from
  gradient: (g, [data, indices], [dy], { batch_dims }) => [gatherBlocksGradient(g, data, indices, dy, batch_dims)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "elements, one twice",
      inputs: [f32([2, 2], [1, 2, 3, 4]), tensor("int64", [3, 2], [0, 0, 1, 1, 1, -1])],
      expected: [f32([3], [1, 4, 4])],
    },
    {
      name: "rows",
      inputs: [f32([2, 2], [1, 2, 3, 4]), tensor("int64", [2, 1], [1, 0])],
      expected: [f32([2, 2], [3, 4, 1, 2])],
    },
    {
      name: "one batch axis",
      inputs: [f32([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), tensor("int64", [2, 1], [1, 0])],
      attributes: { batch_dims: 1 },
      expected: [f32([2, 2], [3, 4, 5, 6])],
    },
    {
      name: "int64",
      inputs: [i64([5, 6, 7]), tensor("int64", [2, 1], [2, 0])],
      expected: [i64([7, 5])],
    },
  ],
});
