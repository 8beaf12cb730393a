/** @file Reshape: the same elements under other dimensions; −1 takes the rest, 0 copies a dimension. ONNX Reshape-14. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, reshaped } from "../base/tensor.ts";
import { type Dim, divideDims, multiplyDims } from "../graph/dims.ts";
import { flag } from "./attributes.ts";
import { carried, dimsIn } from "./contents.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

/** Resolves 0 (unless `allowzero`) and −1 of a target shape. @throws FemtoError `shape.reshape` */
function resolve(from: readonly Dim[], target: readonly Dim[], allowzero: boolean): Dim[] {
  const misfit = (): never =>
    fail({
      code: "shape.reshape",
      message: `[${from.join(", ")}] cannot take the shape [${target.join(", ")}]`,
      expected: `${multiplyDims(...from)} elements`,
    });
  const dims = target.map((dim, axis) => (dim === 0 && !allowzero ? (from[axis] ?? misfit()) : dim));
  const open = dims.indexOf(-1);
  const size = multiplyDims(...from);
  if (open < 0) {
    const wanted = multiplyDims(...dims);
    return typeof size === "number" && typeof wanted === "number" && size !== wanted ? misfit() : dims;
  }
  if (dims.lastIndexOf(-1) !== open) misfit();
  const rest = multiplyDims(...dims.filter((_, axis) => axis !== open));
  dims[open] = divideDims(size, rest) ?? misfit();
  return dims;
}

export const Reshape = operator("Reshape", {
  since: 14,
  arity: [2, 2],
  attributes: { allowzero: flag(false) },
  shape: ([x, shape], { allowzero }, context) => {
    const target = dimsIn(shape);
    const rank = target?.length ?? shape.dims?.[0];
    if (typeof rank !== "number") return [{ dtype: x.dtype, dims: undefined }];
    if (target !== undefined && x.dims !== undefined) {
      const dims = resolve(x.dims, target, allowzero);
      return [{ dtype: x.dtype, dims, contents: carried(x, dims) }];
    }
    const isOpen = (dim: Dim | undefined) => dim === undefined || dim === -1 || (dim === 0 && !allowzero);
    const dims = Array.from({ length: rank }, (_, axis) =>
      isOpen(target?.[axis]) ? context.fresh("reshape") : target![axis]!,
    );
    return [{ dtype: x.dtype, dims }];
  },
  run: ([x, shape], { allowzero }) => [reshaped(x, resolve(x.dims, integers(shape), allowzero) as number[])],
  // ∂L/∂x = dy in the shape of x
  gradient: (g, [x], [dy]) => [g.reshapeLike(dy, x)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "minus one takes the rest, zero copies",
      inputs: [f32([2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), i64([0, -1])],
      expected: [f32([2, 6], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])],
    },
    { name: "to a scalar", inputs: [f32([1, 1], [7]), i64([])], expected: [f32([], [7])] },
    {
      name: "zero means zero",
      inputs: [f32([2, 0], []), i64([0, 5])],
      attributes: { allowzero: true },
      expected: [f32([0, 5], [])],
      gradientOf: [],
    },
    { name: "int64", inputs: [i64([1, 2, 3, 4]), i64([2, 2])] },
  ],
});
