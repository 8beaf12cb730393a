/** @file Mean: of all inputs, element by element, with broadcasting. ONNX Mean-13. */

import { f32 } from "../base/tensor.ts";
import { variadic } from "./variadic.ts";

export const Mean = variadic("Mean", {
  since: 8,
  types: "float",
  f: (...values) => values.reduce((sum, value) => sum + value) / values.length,
  // ∂L/∂xᵢ = dy / n for n inputs
  gradient: (g, xs, _y, dy) => {
    const share = g.scale(dy, 1 / xs.length);
    return xs.map(() => share);
  },
  ops: (inputs) => ({ add: inputs - 1, divide: 1 }),
  examples: [
    {
      name: "three inputs, broadcast",
      inputs: [f32([2, 2], [1, -2, 3, 0.5]), f32([2], [0.5, 2]), f32([], [9])],
      expected: [f32([2, 2], [3.5, 3, 12.5 / 3, 11.5 / 3])],
    },
  ],
});
