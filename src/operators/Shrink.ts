/** @file Shrink: x + bias below −λ, x − bias above λ, 0 between. ONNX Shrink-9. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { maskedBy } from "./masks.ts";
import { unary } from "./unary.ts";

export const Shrink = unary("Shrink", {
  since: 9,
  types: "number",
  attributes: { bias: float(0), lambd: float(0.5) },
  f: (x, { bias, lambd }) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0),
  // ∂L/∂x = dy where |x| > λ, else 0
  gradient: (g, { x, dy }, { lambd }) => maskedBy(g, dy, g.op("Abs", [x]), "Greater", lambd),
  ops: { compare: 2, add: 1 },
  examples: [
    {
      name: "hard (default)",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [f32([5], [-2.5, -0.75, 0, 0, 1.5])],
    },
    {
      name: "soft",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { bias: 0.7, lambd: 0.7 },
      expected: [f32([5], [-1.8, -0.050000000000000044, 0, 0, 0.8])],
    },
  ],
});
