/** @file Tile: the whole tensor repeated along each axis. ONNX Tile-13. */

import { f32, i64, integers, stridesOf } from "../base/tensor.ts";
import { multiplyDims } from "../graph/dims.ts";
import { dimsIn, intsOf, span } from "./contents.ts";
import { dimsOf, rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { pick, walk } from "./pick.ts";
import { movement } from "./work.ts";

export const Tile = operator("Tile", {
  since: 6,
  arity: [2, 2],
  attributes: {},
  shape: ([x, repeats], _at, context) => {
    const counts = dimsIn(repeats);
    return [
      {
        dtype: x.dtype,
        dims: x.dims?.map((dim, axis) =>
          counts === undefined ? context.fresh("tile") : multiplyDims(dim, counts[axis]!),
        ),
      },
    ];
  },
  run: ([x, repeats]) => {
    const counts = integers(repeats);
    const strides = stridesOf(x.dims);
    // Each axis as a pair: the repetition, which does not move, and the position.
    const index = walk(
      x.dims.flatMap((dim, axis) => [counts[axis]!, dim]),
      strides.flatMap((step) => [0, step]),
    );
    return [
      pick(
        x,
        x.dims.map((dim, axis) => dim * counts[axis]!),
        index,
      ),
    ];
  },
  // ∂L/∂x = dy as [r₀, d₀, r₁, d₁, …], summed over the repetitions
  gradient: (g, [x, repeats], [dy]) => {
    const rank = rankOf(x);
    if (rank === 0) return [dy];
    const counts = intsOf(repeats);
    const dims = dimsOf(x);
    const pair = (axis: number) => [
      counts === undefined ? g.op("Slice", [repeats, g.ints([axis]), g.ints([axis + 1])]) : g.ints([counts[axis]!]),
      typeof dims[axis] === "number" ? g.ints([dims[axis]]) : g.op("Shape", [x], { start: axis, end: axis + 1 }),
    ];
    const isStatic = counts !== undefined && dims.every((dim) => typeof dim === "number");
    const shape = isStatic
      ? g.ints(span(rank).flatMap((axis) => [counts[axis]!, dims[axis] as number]))
      : g.op("Concat", span(rank).flatMap(pair), { axis: 0 });
    const sum = g.sum(
      g.op("Reshape", [dy, shape]),
      span(rank).map((axis) => 2 * axis),
    );
    return [sum];
  },
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "both axes",
      inputs: [f32([1, 2], [1, 2]), i64([2, 2])],
      expected: [f32([2, 4], [1, 2, 1, 2, 1, 2, 1, 2])],
    },
    {
      name: "three axes, one repeated",
      inputs: [f32([2, 2, 1], [1, 2, 3, 4]), i64([1, 2, 1])],
      expected: [f32([2, 4, 1], [1, 2, 1, 2, 3, 4, 3, 4])],
    },
    { name: "none", inputs: [f32([2], [1, 2]), i64([0])], expected: [f32([0], [])], gradientOf: [] },
    { name: "int64", inputs: [i64([5, 6]), i64([2])], expected: [i64([5, 6, 5, 6])] },
  ],
});
