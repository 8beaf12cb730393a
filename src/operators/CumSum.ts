/** @file CumSum: running sums along an axis. ONNX CumSum-14. */

import { f32, i64, scalar } from "../base/tensor.ts";
import { cumulative } from "./cumulative.ts";
import { operator } from "./operator.ts";

export const CumSum = operator(
  "CumSum",
  cumulative({
    since: 11,
    neutral: 0,
    join: (total, value) => total + value,
    joinBig: (total, value) => total + value,
    operation: "add",
    // yⱼ = Σ_{i ≤ j} xᵢ, hence ∂L/∂xᵢ = Σ_{j ≥ i} dyⱼ: the same sums from the other end
    gradient: (g, [, axis], [dy], { exclusive, reverse }) => [
      g.op("CumSum", [dy, axis], { exclusive, reverse: !reverse }),
    ],
    examples: [
      {
        name: "rows",
        inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), scalar("int64", 1)],
        expected: [f32([2, 3], [1, 3, 6, 4, 9, 15])],
      },
      {
        name: "columns, exclusive",
        inputs: [f32([2, 2], [1, 2, 3, 4]), scalar("int32", -2)],
        attributes: { exclusive: true },
        expected: [f32([2, 2], [0, 0, 1, 2])],
      },
      {
        name: "from the end",
        inputs: [f32([3], [1, 2, 3]), scalar("int64", 0)],
        attributes: { reverse: true },
        expected: [f32([3], [6, 5, 3])],
      },
      {
        name: "from the end, exclusive",
        inputs: [f32([3], [1, 2, 3]), scalar("int64", 0)],
        attributes: { reverse: true, exclusive: true },
        expected: [f32([3], [5, 3, 0])],
      },
      { name: "int64", inputs: [i64([5, 6, 7]), scalar("int64", 0)], expected: [i64([5, 11, 18])] },
    ],
  }),
);
