/** @file Asinh: the inverse hyperbolic sine. ONNX Asinh-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Asinh = unary("Asinh", {
  since: 9,
  f: Math.asinh,
  // ∂L/∂x = dy / √(x² + 1)
  gradient: (g, { x, dy }) => g.div(dy, g.op("Sqrt", [g.add(g.mul(x, x), g.scalar(x, 1))])),
  ops: { logarithm: 1, squareRoot: 1, multiply: 1, add: 2 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.75, 4])],
      expected: [f32([4], [0, 0.48121182505960347, -1.3258977669011374, 2.0947125472611012])],
    },
  ],
});
