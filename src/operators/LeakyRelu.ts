/** @file LeakyRelu: x for x ≥ 0, α·x below. ONNX LeakyRelu-16. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { unary } from "./unary.ts";

export const LeakyRelu = unary("LeakyRelu", {
  since: 6,
  attributes: { alpha: float(0.01) },
  f: (x, { alpha }) => (x < 0 ? alpha * x : x),
  // ∂L/∂x = dy for x ≥ 0, dy · α below
  gradient: (g, { x, dy }, { alpha }) => g.where(g.op("Less", [x, g.scalar(x, 0)]), g.scale(dy, alpha), dy),
  ops: { compare: 1, multiply: 1 },
  examples: [
    {
      name: "default",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [f32([5], [-0.025, -0.0075, -0.001, 0.3, 1.5])],
    },
    {
      name: "alpha",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { alpha: 0.25 },
      expected: [f32([5], [-0.625, -0.1875, -0.025, 0.3, 1.5])],
    },
    { name: "the kink", inputs: [f32([1], [0])], expected: [f32([1], [0])], gradientOf: [] },
  ],
});
