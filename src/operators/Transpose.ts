/** @file Transpose: the axes in another order; reversed where none is given. ONNX Transpose-13. */

import { fail } from "../base/errors.ts";
import { f32, i64, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import { ints } from "./attributes.ts";
import { span } from "./contents.ts";
import { rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { pick, walk } from "./pick.ts";
import { movement } from "./work.ts";

/** The order of the axes. @throws FemtoError `shape.axis` */
export function order(perm: readonly number[] | undefined, rank: number): readonly number[] {
  if (perm === undefined) return span(rank).reverse();
  if (perm.length !== rank || span(rank).some((axis) => !perm.includes(axis))) {
    fail({
      code: "shape.axis",
      where: "attribute perm",
      message: "is not a permutation of the axes",
      expected: `the numbers 0 to ${rank - 1}`,
      got: `[${perm.join(", ")}]`,
    });
  }
  return perm;
}

function transposed(x: Tensor, perm: readonly number[] | undefined): Tensor {
  const axes = order(perm, x.dims.length);
  const strides = stridesOf(x.dims);
  const dims = axes.map((axis) => x.dims[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  return pick(x, dims, walk(dims, steps));
}

export const Transpose = operator("Transpose", {
  since: 1,
  arity: [1, 1],
  attributes: { perm: ints() },
  shape: ([x], { perm }, context) => {
    if (x.dims === undefined) return [{ dtype: x.dtype, dims: perm?.map(() => context.fresh("transpose")) }];
    return [{ dtype: x.dtype, dims: order(perm, x.dims.length).map((axis) => x.dims![axis]!) }];
  },
  run: ([x], { perm }) => [transposed(x, perm)],
  // ∂L/∂x = dy with the axes put back: inverse[perm[i]] = i
  gradient: (g, [x], [dy], { perm }) => {
    const axes = order(perm, rankOf(x));
    return [
      g.transpose(
        dy,
        axes.map((_, axis) => axes.indexOf(axis)),
      ),
    ];
  },
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "a matrix",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6])],
      expected: [f32([3, 2], [1, 4, 2, 5, 3, 6])],
    },
    {
      name: "three axes in a circle",
      inputs: [f32([2, 1, 3], [1, 2, 3, 4, 5, 6])],
      attributes: { perm: [2, 0, 1] },
      expected: [f32([3, 2, 1], [1, 4, 2, 5, 3, 6])],
    },
    { name: "empty", inputs: [f32([0, 3], [])], expected: [f32([3, 0], [])], gradientOf: [] },
    { name: "int64 vector", inputs: [i64([3, 1])], expected: [i64([3, 1])] },
    {
      name: "uint8",
      inputs: [tensor("uint8", [2, 2], [1, 2, 3, 4])],
      attributes: { perm: [1, 0] },
      expected: [tensor("uint8", [2, 2], [1, 3, 2, 4])],
    },
  ],
});
