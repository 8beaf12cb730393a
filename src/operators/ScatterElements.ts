/** @file ScatterElements: updates written (or added, multiplied, maximised …) at an index along one axis. ONNX ScatterElements-18. */

import { fail } from "../base/errors.ts";
import { f32, i64, sizeOf, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import { int, text } from "./attributes.ts";
import { positionsOf } from "./Gather.ts";
import { type Known, operator } from "./operator.ts";
import { walk } from "./pick.ts";
import { scatterGradient } from "./scatter-gradient.ts";
import { scatterInto, scatterOperation } from "./scattering.ts";
import { axisIndex, sameTypes } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Flat index into data for every element of the indices: their own position, with the index along `axis`. */
export function elementPositions(dims: readonly number[], indices: Tensor, axis: number): Int32Array {
  const strides = stridesOf(dims);
  const step = strides[axis] ?? 0;
  const places = walk(indices.dims, strides.with(axis, 0));
  const along = positionsOf(indices, dims[axis]!);
  for (let i = 0; i < places.length; i++) places[i]! += along[i]! * step;
  return places;
}

function checkShapes(data: Known, indices: Known, updates: Known): void {
  sameTypes(data, updates);
  const isOther = updates.dims?.some((dim, axis) => {
    const other = indices.dims?.[axis];
    return typeof dim === "number" && typeof other === "number" && dim !== other;
  });
  if (isOther || (data.dims && indices.dims && data.dims.length !== indices.dims.length)) {
    fail({
      code: "shape.scatter",
      message: "indices and updates have one shape, of the rank of data",
      got: [data, indices, updates].map(({ dims }) => `[${dims?.join(", ")}]`).join(", "),
    });
  }
}

export const ScatterElements = operator("ScatterElements", {
  since: 18,
  arity: [3, 3],
  attributes: { axis: int(0), reduction: text("none", "add", "mul", "max", "min") },
  shape: ([data, indices, updates], { axis }) => {
    checkShapes(data, indices, updates);
    if (data.dims !== undefined) axisIndex(axis, data.dims.length);
    return [{ dtype: data.dtype, dims: data.dims }];
  },
  run: ([data, indices, updates], at) => {
    const positions = elementPositions(data.dims, indices, axisIndex(at.axis, data.dims.length));
    return [scatterInto(data, positions, updates, at.reduction)];
  },
  gradient: (g, [data, indices, updates], [dy], { axis, reduction }, [y]) =>
    scatterGradient(
      g,
      {
        gather: (from) => g.op("GatherElements", [from, indices], { axis }),
        scatter: (into, what, by) => g.op("ScatterElements", [into, indices, what], { axis, reduction: by }),
      },
      { data, updates, dy, y, reduction },
    ),
  work: (inputs, outputs, { reduction }) => {
    const updates = sizeOf(inputs[2].dims);
    const ops = Object.entries(scatterOperation[reduction]).map(([op, n]) => [op, n * updates]);
    return streaming(inputs, outputs, Object.fromEntries(ops));
  },
  tolerance: 1e-6,
  examples: [
    {
      name: "replaced along the last axis, from the end",
      inputs: [f32([1, 5], [1, 2, 3, 4, 5]), tensor("int64", [1, 2], [1, -2]), f32([1, 2], [1.5, 2.5])],
      attributes: { axis: 1 },
      expected: [f32([1, 5], [1, 1.5, 3, 2.5, 5])],
    },
    {
      name: "added, twice at one place",
      inputs: [
        f32([3, 2], [1, 2, 3, 4, 5, 6]),
        tensor("int32", [2, 2], [0, 2, 0, 1]),
        f32([2, 2], [0.5, 0.25, 10, 20]),
      ],
      attributes: { reduction: "add" },
      expected: [f32([3, 2], [11.5, 2, 3, 24, 5, 6.25])],
    },
    {
      name: "multiplied, twice at one place",
      inputs: [f32([3], [2, 3, 5]), i64([1, 1]), f32([2], [4, 0.5])],
      attributes: { reduction: "mul" },
      expected: [f32([3], [2, 6, 5])],
    },
    {
      name: "multiplied by one zero",
      inputs: [f32([2], [2, 3]), i64([1, 1]), f32([2], [0, 0.5])],
      attributes: { reduction: "mul" },
      expected: [f32([2], [2, 0])],
    },
    {
      name: "the greatest",
      inputs: [f32([3], [2, 3, 5]), i64([0, 1, 1]), f32([3], [1, 4, 7])],
      attributes: { reduction: "max" },
      expected: [f32([3], [2, 7, 5])],
    },
    {
      name: "the least",
      inputs: [f32([3], [2, 3, 5]), i64([0, 1, 1]), f32([3], [1, 4, 2.5])],
      attributes: { reduction: "min" },
      expected: [f32([3], [1, 2.5, 5])],
    },
    {
      name: "int64 added",
      inputs: [i64([1, 2]), i64([1]), i64([40])],
      attributes: { reduction: "add" },
      expected: [i64([1, 42])],
    },
  ],
});
