/** @file Unsqueeze: new axes of size 1 at the named positions of the result. ONNX Unsqueeze-13. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, reshaped } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { carried, intsIn, sortedAxes } from "./contents.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

function unsqueezed(dims: readonly Dim[], axes: readonly number[]): Dim[] {
  const rank = dims.length + axes.length;
  const added = sortedAxes(axes, rank);
  if (added.length !== axes.length) {
    fail({ code: "shape.axis", where: "input axes", message: "names an axis twice", got: `[${axes.join(", ")}]` });
  }
  const result = [...dims];
  for (const axis of added) result.splice(axis, 0, 1);
  return result;
}

export const Unsqueeze = operator("Unsqueeze", {
  since: 13,
  arity: [2, 2],
  attributes: {},
  shape: ([x, axes]) => {
    const named = intsIn(axes);
    if (x.dims === undefined || named === undefined) return [{ dtype: x.dtype, dims: undefined }];
    const dims = unsqueezed(x.dims, named);
    return [{ dtype: x.dtype, dims, contents: carried(x, dims) }];
  },
  run: ([x, axes]) => [reshaped(x, unsqueezed(x.dims, integers(axes)) as number[])],
  // ∂L/∂x = dy in the shape of x
  gradient: (g, [x], [dy]) => [g.reshapeLike(dy, x)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "both ends, in any order",
      inputs: [f32([2], [3, 4]), i64([2, 0])],
      expected: [f32([1, 2, 1], [3, 4])],
    },
    { name: "from the end", inputs: [f32([2], [3, 4]), i64([-1])], expected: [f32([2, 1], [3, 4])] },
    { name: "a scalar", inputs: [f32([], [5]), i64([0])], expected: [f32([1], [5])] },
  ],
});
