/** @file Max: the greatest of all inputs, element by element, with broadcasting. ONNX Max-13. */

import { f32, tensor } from "../base/tensor.ts";
import { toFirstEqual, variadic } from "./variadic.ts";

export const Max = variadic("Max", {
  since: 8,
  types: "number",
  f: Math.max,
  exact: (x, y) => (x > y ? x : y),
  // ∂L/∂xᵢ = dy where xᵢ is the first input equal to y, else 0
  gradient: toFirstEqual,
  ops: (inputs) => ({ compare: inputs - 1 }),
  tolerance: 0,
  examples: [
    {
      name: "three inputs, broadcast",
      inputs: [f32([2, 2], [1, -2, 3, 0.5]), f32([2], [0.25, 1.5]), f32([], [0.75])],
      expected: [f32([2, 2], [1, 1.5, 3, 1.5])],
    },
    { name: "a tie", inputs: [f32([2], [1, 2]), f32([2], [1, 3])], expected: [f32([2], [1, 3])], gradientOf: [] },
    { name: "one input", inputs: [f32([2], [1, -2])], expected: [f32([2], [1, -2])] },
    {
      name: "int64 beyond 2^53",
      inputs: [tensor("int64", [1], [9007199254740993n]), tensor("int64", [1], [9007199254740992n])],
      expected: [tensor("int64", [1], [9007199254740993n])],
    },
  ],
});
