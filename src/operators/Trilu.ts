/** @file Trilu: the upper (or lower) triangle of matrices, from diagonal k on; zeros elsewhere. ONNX Trilu-14. */

import { f32, numbers, scalar, tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { sameShape } from "./shapes.ts";
import { movement } from "./work.ts";

export const Trilu = operator("Trilu", {
  since: 14,
  arity: [1, 2],
  attributes: { upper: flag(true) },
  shape: sameShape,
  run: ([x, k], { upper }) => {
    const diagonal = k === undefined ? 0 : numbers(k)[0]!;
    const [rows, columns] = x.dims.slice(-2) as [number, number];
    const index = Int32Array.from({ length: x.data.length }, (_, i) => {
      const offset = (i % columns) - (Math.floor(i / columns) % rows);
      return (upper ? offset >= diagonal : offset <= diagonal) ? i : -1;
    });
    return [pick(x, x.dims, index)];
  },
  // ∂L/∂x = the same triangle of dy
  gradient: (g, [, k], [dy], { upper }) => [g.op("Trilu", [dy, k], { upper })],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "upper",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6])],
      expected: [f32([2, 3], [1, 2, 3, 0, 5, 6])],
    },
    {
      name: "lower, above the diagonal, two matrices",
      inputs: [f32([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), scalar("int64", -1)],
      attributes: { upper: false },
      expected: [f32([2, 2, 2], [0, 0, 3, 0, 0, 0, 7, 0])],
    },
    {
      name: "upper, beyond the diagonal",
      inputs: [f32([2, 2], [1, 2, 3, 4]), scalar("int64", 1)],
      expected: [f32([2, 2], [0, 2, 0, 0])],
    },
    {
      name: "int64, no rows",
      inputs: [tensor("int64", [0, 2], [])],
      expected: [tensor("int64", [0, 2], [])],
    },
  ],
});
