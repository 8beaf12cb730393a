/** @file Tanh: the hyperbolic tangent. ONNX Tanh-13. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Tanh = unary("Tanh", {
  since: 6,
  f: Math.tanh,
  // ∂L/∂x = dy · (1 − y²)
  gradient: (g, { y, dy }) => g.mul(dy, g.sub(g.scalar(y, 1), g.mul(y, y))),
  ops: { exponential: 1, add: 2, divide: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 1, -0.5, 3])],
      expected: [f32([4], [0, 0.7615941559557649, -0.46211715726000974, 0.9950547536867305])],
    },
  ],
});
