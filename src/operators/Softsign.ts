/** @file Softsign: x / (1 + |x|). ONNX Softsign-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Softsign = unary("Softsign", {
  since: 1,
  f: (x) => x / (1 + Math.abs(x)),
  // ∂L/∂x = dy / (1 + |x|)²
  gradient: (g, { x, dy }) => {
    const below = g.add(g.scalar(x, 1), g.op("Abs", [x]));
    return g.div(dy, g.mul(below, below));
  },
  ops: { add: 1, divide: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [f32([5], [-0.7142857142857143, -0.42857142857142855, -0.09090909090909091, 0.23076923076923075, 0.6])],
    },
  ],
});
