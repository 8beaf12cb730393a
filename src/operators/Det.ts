/** @file Det: determinants of square matrices, [*, M, M] → [*]. ONNX Det-22 (11 has the same form). */

import { fail } from "../base/errors.ts";
import { f32, sizeOf } from "../base/tensor.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

/** Gaussian elimination with row exchange; `a` is overwritten. */
function determinant(a: Float64Array, size: number): number {
  let product = 1;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(a[i * size + k]!) > Math.abs(a[pivot * size + k]!)) pivot = i;
    const head = a[pivot * size + k]!;
    if (head === 0) return 0;
    if (pivot !== k) {
      product = -product;
      for (let j = 0; j < size; j++) {
        [a[k * size + j], a[pivot * size + j]] = [a[pivot * size + j]!, a[k * size + j]!];
      }
    }
    product *= head;
    for (let i = k + 1; i < size; i++) {
      const factor = a[i * size + k]! / head;
      for (let j = k; j < size; j++) a[i * size + j]! -= factor * a[k * size + j]!;
    }
  }
  return product;
}

export const Det = operator("Det", {
  since: 11,
  arity: [1, 1],
  attributes: {},
  shape: ([x]) => {
    const sides = x.dims?.slice(-2);
    const isSquare =
      sides === undefined ||
      (sides.length === 2 && (sides[0] === sides[1] || sides.some((dim) => typeof dim === "string")));
    if (!isSquare)
      fail({
        code: "shape.square",
        where: "input X",
        message: "the last two dimensions must be equal",
        got: `[${x.dims!.join(", ")}]`,
      });
    return [{ dtype: x.dtype, dims: x.dims?.slice(0, -2) }];
  },
  run: ([x]) => {
    const size = x.dims.at(-1)!;
    const dims = x.dims.slice(0, -2);
    const values = doubles(x);
    const out = Float64Array.from({ length: sizeOf(dims) }, (_, i) =>
      determinant(values.slice(i * size * size, (i + 1) * size * size), size),
    );
    return [fromNumbers(x.dtype, dims, out)];
  },
  gradient: none("it is det(x)·x⁻ᵀ, and ONNX has no operator for an inverse"),
  work: (inputs, outputs) => {
    const size = inputs[0]!.dims.at(-1)!;
    const matrices = sizeOf(outputs[0]!.dims);
    const steps = (matrices * (size ** 3 - size)) / 3;
    return streaming(inputs, outputs, { multiply: steps, add: steps, divide: (matrices * (size * size - size)) / 2 });
  },
  examples: [
    { name: "two by two", inputs: [f32([2, 2], [1, 2, 3, 4])], expected: [f32([], [-2])] },
    {
      name: "a stack, rows to exchange, a singular matrix",
      inputs: [f32([2, 3, 3], [0, 2, 1, 3, 0, 0, 0, 1, 4, 1, 2, 3, 2, 4, 6, 1, 0, 1])],
      expected: [f32([2], [-21, 0])],
    },
  ],
});
