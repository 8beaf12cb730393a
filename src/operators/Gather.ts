/** @file Gather: the slices of a tensor at indices along one axis. ONNX Gather-13. */

import { fail } from "../base/errors.ts";
import { f32, i64, numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { int } from "./attributes.ts";
import { dimsIn, intsIn } from "./contents.ts";
import { rankOf } from "./emit.ts";
import { gatherGradient } from "./gather-gradient.ts";
import { type Known, operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { movement } from "./work.ts";

/** Indices with negative ones resolved. @throws FemtoError `data.index` */
export function positionsOf(indices: Tensor, length: number): Int32Array {
  return Int32Array.from(numbers(indices), (index) => {
    if (index < -length || index >= length) {
      fail({ code: "data.index", message: `index ${index} is out of range`, expected: `${-length} to ${length - 1}` });
    }
    return index < 0 ? index + length : index;
  });
}

function contentsOf(x: Known, indices: Known): readonly Dim[] | undefined {
  const from = dimsIn(x);
  const taken = intsIn(indices);
  if (from === undefined || x.dims?.length !== 1 || taken === undefined || indices.dims === undefined) return undefined;
  if (indices.dims.length > 1 || taken.some((index) => index < -from.length || index >= from.length)) return undefined;
  return taken.map((index) => from.at(index)!);
}

export const Gather = operator("Gather", {
  since: 11,
  arity: [2, 2],
  attributes: { axis: int(0) },
  shape: ([x, indices], at) => {
    if (x.dims === undefined || indices.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
    if (x.dims.length === 0) fail({ code: "shape.rank", where: "input data", message: "is a scalar", got: "[]" });
    const axis = axisIndex(at.axis, x.dims.length);
    const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
    return [{ dtype: x.dtype, dims, contents: contentsOf(x, indices) }];
  },
  run: ([x, indices], at) => {
    const axis = axisIndex(at.axis, x.dims.length);
    const along = positionsOf(indices, x.dims[axis]!);
    const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
    return [pick(x, dims, pickAlong(x.dims, axis, along))];
  },
  // ∂L/∂x = dy added at the indices it was taken from
  gradient: (g, [x, indices], [dy], at) => [gatherGradient(g, x, indices, dy, axisIndex(at.axis, rankOf(x)))],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "rows, one twice, one from the end",
      inputs: [f32([3, 2], [1, 2, 3, 4, 5, 6]), i64([0, -1, 0])],
      expected: [f32([3, 2], [1, 2, 5, 6, 1, 2])],
    },
    {
      name: "a matrix of indices on the last axis",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), tensor("int32", [2, 2], [0, 2, 1, 1])],
      attributes: { axis: -1 },
      expected: [f32([2, 2, 2], [1, 3, 2, 2, 4, 6, 5, 5])],
    },
    {
      name: "a scalar index drops the axis",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), scalar("int64", 1)],
      attributes: { axis: 1 },
      expected: [f32([2], [2, 5])],
    },
    {
      name: "first of three axes",
      inputs: [f32([2, 1, 2], [1, 2, 3, 4]), i64([1, 1, 0])],
      expected: [f32([3, 1, 2], [3, 4, 3, 4, 1, 2])],
    },
    { name: "no indices", inputs: [f32([2], [1, 2]), i64([])], expected: [f32([0], [])], gradientOf: [] },
    { name: "int64", inputs: [i64([5, 6]), i64([1])], expected: [i64([6])] },
  ],
});
