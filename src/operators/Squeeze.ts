/** @file Squeeze: drops axes of size 1: those named, or all. ONNX Squeeze-13. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, reshaped } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { carried, intsIn, sortedAxes } from "./contents.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

/** @throws FemtoError `shape.squeeze` where a named axis is longer than 1 */
function squeezed(dims: readonly Dim[], axes: readonly number[] | undefined): Dim[] {
  if (axes === undefined) return dims.filter((dim) => dim !== 1);
  const dropped = sortedAxes(axes, dims.length);
  for (const axis of dropped) {
    if (typeof dims[axis] === "number" && dims[axis] !== 1) {
      fail({
        code: "shape.squeeze",
        message: `axis ${axis} cannot be dropped`,
        expected: "a dimension of 1",
        got: `[${dims.join(", ")}]`,
      });
    }
  }
  return dims.filter((_, axis) => !dropped.includes(axis));
}

export const Squeeze = operator("Squeeze", {
  since: 13,
  arity: [1, 2],
  attributes: {},
  shape: ([x, axes]) => {
    const named = intsIn(axes);
    // Without named axes, a symbol may or may not be 1: the rank is open.
    const isOpen = named === undefined && (axes !== undefined || x.dims?.some((dim) => typeof dim === "string"));
    if (x.dims === undefined || isOpen) return [{ dtype: x.dtype, dims: undefined }];
    const dims = squeezed(x.dims, named);
    return [{ dtype: x.dtype, dims, contents: carried(x, dims) }];
  },
  run: ([x, axes]) => [reshaped(x, squeezed(x.dims, axes && integers(axes)) as number[])],
  // ∂L/∂x = dy in the shape of x
  gradient: (g, [x], [dy]) => [g.reshapeLike(dy, x)],
  work: movement,
  tolerance: 0,
  examples: [
    { name: "all", inputs: [f32([1, 2, 1], [3, 4])], expected: [f32([2], [3, 4])] },
    {
      name: "named, from the end",
      inputs: [f32([1, 2, 1], [3, 4]), i64([-1])],
      expected: [f32([1, 2], [3, 4])],
    },
    { name: "to a scalar", inputs: [f32([1], [5]), i64([0])], expected: [f32([], [5])] },
  ],
});
