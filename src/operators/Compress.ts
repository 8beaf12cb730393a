/** @file Compress: the slices along an axis (or the elements of all) whose condition is true. ONNX Compress-11. */

import { f32, i64, integers, numbers, reshaped, sizeOf, tensor } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { dimsOf, rankOf } from "./emit.ts";
import { gatherGradient } from "./gather-gradient.ts";
import { operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { movement } from "./work.ts";

export const Compress = operator("Compress", {
  since: 11,
  arity: [2, 2],
  attributes: { axis: int() },
  shape: ([x, condition], { axis }, context) => {
    const constant = condition.constant && integers(condition.constant).filter((value) => value !== 0).length;
    const count = constant ?? context.fresh("kept");
    if (axis === undefined) return [{ dtype: x.dtype, dims: [count] }];
    return [{ dtype: x.dtype, dims: x.dims?.with(axisIndex(axis, x.dims.length), count) }];
  },
  run: ([input, condition], { axis: named }) => {
    const x = named === undefined ? reshaped(input, [sizeOf(input.dims)]) : input;
    const axis = named === undefined ? 0 : axisIndex(named, x.dims.length);
    const kept: number[] = [];
    // A short condition leaves out what lies behind its end.
    for (const [i, isKept] of numbers(condition).entries()) if (isKept !== 0) kept.push(i);
    return [pick(x, x.dims.with(axis, kept.length), pickAlong(x.dims, axis, kept))];
  },
  // ∂L/∂x = dy at the kept places, zero elsewhere
  gradient: (g, [x, condition], [dy], { axis }) => {
    const along = axis === undefined ? 0 : axisIndex(axis, rankOf(x));
    const count = dimsOf(dy)[along]!;
    const size = typeof count === "number" ? g.ints([count]) : g.op("Shape", [dy], { start: along, end: along + 1 });
    const kept = g.op("Reshape", [g.op("NonZero", [condition]), size]);
    if (axis !== undefined) return [gatherGradient(g, x, kept, dy, along)];
    const flat = g.op("Reshape", [x, g.ints([-1])]);
    const dx = gatherGradient(g, flat, kept, dy, 0);
    return [dimsOf(x).length === 1 ? dx : g.reshapeLike(dx, x)];
  },
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "rows",
      inputs: [f32([3, 2], [1, 2, 3, 4, 5, 6]), tensor("bool", [3], [false, true, true])],
      attributes: { axis: 0 },
      expected: [f32([2, 2], [3, 4, 5, 6])],
    },
    {
      name: "columns, a short condition",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), tensor("bool", [2], [false, true])],
      attributes: { axis: -1 },
      expected: [f32([2, 1], [2, 5])],
    },
    {
      name: "elements of all",
      inputs: [f32([2, 2], [1, 2, 3, 4]), tensor("bool", [4], [true, false, false, true])],
      expected: [f32([2], [1, 4])],
    },
    { name: "int64", inputs: [i64([7, 8]), tensor("bool", [2], [false, true])], expected: [i64([8])] },
  ],
});
