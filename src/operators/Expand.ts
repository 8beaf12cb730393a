/** @file Expand: broadcasting to a shape, both ways. ONNX Expand-13. */

import { f32, i64, integers } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { dimsIn } from "./contents.ts";
import { broadcastIndices } from "./loops.ts";
import { type Known, operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { broadcastDims } from "./shapes.ts";
import { movement } from "./work.ts";

/** One known integer, repeated a known number of times, is known. */
function contentsOf(x: Known, dims: readonly Dim[]): readonly Dim[] | undefined {
  const size = dims[0] ?? 1;
  if (x.contents === undefined || dims.length > 1 || typeof size !== "number" || size > 64) return undefined;
  return x.contents.length === size ? x.contents : new Array<Dim>(size).fill(x.contents[0]!);
}

export const Expand = operator("Expand", {
  since: 8,
  arity: [2, 2],
  attributes: {},
  shape: ([x, shape], _at, context) => {
    const target = dimsIn(shape);
    if (x.dims !== undefined && target !== undefined) {
      const dims = broadcastDims(x.dims, target);
      return [{ dtype: x.dtype, dims, contents: contentsOf(x, dims) }];
    }
    const length = shape.dims?.[0];
    if (x.dims === undefined || typeof length !== "number") return [{ dtype: x.dtype, dims: undefined }];
    const rank = Math.max(x.dims.length, length);
    const dims = Array.from({ length: rank }, (_, axis) => {
      const dim = x.dims![axis - rank + x.dims!.length];
      return typeof dim === "number" && dim > 1 ? dim : context.fresh("expand");
    });
    return [{ dtype: x.dtype, dims }];
  },
  run: ([x, shape]) => {
    const dims = broadcastDims(x.dims, integers(shape)) as number[];
    return [pick(x, dims, broadcastIndices(x.dims, dims))];
  },
  // ∂L/∂x = dy summed over the axes along which x was repeated
  gradient: (g, [x], [dy]) => [g.sumTo(dy, x)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "a column",
      inputs: [f32([2, 1], [1, 2]), i64([2, 3])],
      expected: [f32([2, 3], [1, 1, 1, 2, 2, 2])],
    },
    {
      name: "a lower rank and a one in the target",
      inputs: [f32([2], [1, 2]), i64([2, 1])],
      expected: [f32([2, 2], [1, 2, 1, 2])],
    },
    { name: "a scalar", inputs: [f32([], [5]), i64([2])], expected: [f32([2], [5, 5])] },
    { name: "to nothing", inputs: [f32([1], [5]), i64([0])], expected: [f32([0], [])], gradientOf: [] },
  ],
});
