/** @file Sigmoid: 1 / (1 + e⁻ˣ). ONNX Sigmoid-13. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Sigmoid = unary("Sigmoid", {
  since: 6,
  f: (x) => 1 / (1 + Math.exp(-x)),
  // ∂L/∂x = dy · y · (1 − y)
  gradient: (g, { y, dy }) => g.mul(dy, g.mul(y, g.sub(g.scalar(y, 1), y))),
  ops: { exponential: 1, add: 1, divide: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 1, -1, 4])],
      expected: [f32([4], [0.5, 0.7310585786300049, 0.2689414213699951, 0.9820137900379085])],
    },
  ],
});
