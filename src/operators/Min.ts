/** @file Min: the least of all inputs, element by element, with broadcasting. ONNX Min-13. */

import { f32, tensor } from "../base/tensor.ts";
import { toFirstEqual, variadic } from "./variadic.ts";

export const Min = variadic("Min", {
  since: 8,
  types: "number",
  f: Math.min,
  exact: (x, y) => (x < y ? x : y),
  // ∂L/∂xᵢ = dy where xᵢ is the first input equal to y, else 0
  gradient: toFirstEqual,
  ops: (inputs) => ({ compare: inputs - 1 }),
  tolerance: 0,
  examples: [
    {
      name: "three inputs, broadcast",
      inputs: [f32([2, 2], [1, -2, 3, 0.5]), f32([2], [0.25, 1.5]), f32([], [0.75])],
      expected: [f32([2, 2], [0.25, -2, 0.25, 0.5])],
    },
    { name: "a tie", inputs: [f32([2], [1, 2]), f32([2], [1, 3])], expected: [f32([2], [1, 2])], gradientOf: [] },
    {
      name: "uint64 beyond 2^53",
      inputs: [tensor("uint64", [1], [18446744073709551615n]), tensor("uint64", [1], [18446744073709551614n])],
      expected: [tensor("uint64", [1], [18446744073709551614n])],
    },
  ],
});
