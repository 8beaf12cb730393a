/** @file Sum: of all inputs, element by element, with broadcasting. ONNX Sum-13. */

import { f32 } from "../base/tensor.ts";
import { variadic } from "./variadic.ts";

export const Sum = variadic("Sum", {
  since: 8,
  types: "float",
  f: (...values) => values.reduce((sum, value) => sum + value),
  // ∂L/∂xᵢ = dy
  gradient: (_g, xs, _y, dy) => xs.map(() => dy),
  ops: (inputs) => ({ add: inputs - 1 }),
  examples: [
    {
      name: "three inputs, broadcast",
      inputs: [f32([2, 2], [1, -2, 3, 0.5]), f32([2], [0.25, 1.5]), f32([], [10])],
      expected: [f32([2, 2], [11.25, 9.5, 13.25, 12])],
    },
    { name: "one input", inputs: [f32([2], [1, -2])], expected: [f32([2], [1, -2])] },
  ],
});
