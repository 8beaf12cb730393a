/** @file Mul: element-wise a · b with broadcasting. ONNX Mul-14. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { multiplyDims } from "../graph/dims.ts";
import { binary } from "./binary.ts";

export const Mul = binary("Mul", {
  since: 7,
  f: (a, b) => a * b,
  exact: (a, b) => a * b,
  contents: (a, b) =>
    typeof a === typeof b || Number(typeof a === "number" ? a : b) >= 0 ? multiplyDims(a, b) : undefined,
  // ∂L/∂a = dy · b, ∂L/∂b = dy · a
  gradient: (g, { a, b, dy }) => [g.mul(dy, b), g.mul(dy, a)],
  ops: { multiply: 1 },
  examples: [
    {
      name: "same shape",
      inputs: [f32([2, 2], [1.5, 2, -3, 4]), f32([2, 2], [0.5, -7, 0.25, 3])],
      expected: [f32([2, 2], [0.75, -14, -0.75, 12])],
    },
    {
      name: "broadcast a column against a row",
      inputs: [f32([2, 1], [3, -0.5]), f32([1, 3], [1, 4, -6])],
      expected: [f32([2, 3], [3, 12, -18, -0.5, -2, 3])],
    },
    { name: "a scalar", inputs: [f32([], [1.5]), f32([2], [0.3, -2])], expected: [f32([2], [0.45, -3])] },
    {
      name: "int64 beyond 2^53",
      inputs: [tensor("int64", [2], [3037000499n, -4n]), tensor("int64", [1], [3037000499n])],
      expected: [tensor("int64", [2], [9223372030926249001n, -12148001996n])],
    },
    { name: "int64", inputs: [i64([2, 3]), i64([5, -7])], expected: [i64([10, -21])] },
  ],
});
