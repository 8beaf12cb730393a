/** @file ThresholdedRelu: x where x > α, else 0. ONNX ThresholdedRelu-22. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { maskedBy } from "./masks.ts";
import { unary } from "./unary.ts";

export const ThresholdedRelu = unary("ThresholdedRelu", {
  since: 10,
  attributes: { alpha: float(1) },
  f: (x, { alpha }) => (x > alpha ? x : 0),
  // ∂L/∂x = dy where x > α, else 0
  gradient: (g, { x, dy }, { alpha }) => maskedBy(g, dy, x, "Greater", alpha),
  ops: { compare: 1 },
  examples: [
    { name: "default", inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])], expected: [f32([5], [0, 0, 0, 0, 1.5])] },
    {
      name: "alpha",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { alpha: -0.5 },
      expected: [f32([5], [0, 0, -0.1, 0.3, 1.5])],
    },
  ],
});
