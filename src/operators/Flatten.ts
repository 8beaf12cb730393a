/** @file Flatten: a matrix of the dimensions before an axis by those from it on. ONNX Flatten-13. */

import { fail } from "../base/errors.ts";
import { f32, reshaped } from "../base/tensor.ts";
import { type Dim, multiplyDims } from "../graph/dims.ts";
import { int } from "./attributes.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

function flattened(dims: readonly Dim[], axis: number): Dim[] {
  if (axis < -dims.length || axis > dims.length) {
    fail({
      code: "shape.axis",
      message: `axis ${axis} is out of range`,
      expected: `${-dims.length} to ${dims.length}`,
    });
  }
  const cut = axis < 0 ? axis + dims.length : axis;
  return [multiplyDims(...dims.slice(0, cut)), multiplyDims(...dims.slice(cut))];
}

export const Flatten = operator("Flatten", {
  since: 11,
  arity: [1, 1],
  attributes: { axis: int(1) },
  shape: ([x], { axis }, context) => [
    {
      dtype: x.dtype,
      dims: x.dims === undefined ? [context.fresh("rows"), context.fresh("columns")] : flattened(x.dims, axis),
    },
  ],
  run: ([x], { axis }) => [reshaped(x, flattened(x.dims, axis) as number[])],
  // ∂L/∂x = dy in the shape of x
  gradient: (g, [x], [dy]) => [g.reshapeLike(dy, x)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "images to rows",
      inputs: [f32([2, 3, 1], [1, 2, 3, 4, 5, 6])],
      expected: [f32([2, 3], [1, 2, 3, 4, 5, 6])],
    },
    {
      name: "axis zero",
      inputs: [f32([2, 2], [1, 2, 3, 4])],
      attributes: { axis: 0 },
      expected: [f32([1, 4], [1, 2, 3, 4])],
    },
    {
      name: "axis counted from the end",
      inputs: [f32([2, 1, 2], [1, 2, 3, 4])],
      attributes: { axis: -1 },
      expected: [f32([2, 2], [1, 2, 3, 4])],
    },
  ],
});
