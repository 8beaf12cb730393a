/** @file Atanh: the inverse hyperbolic tangent, for |x| < 1. ONNX Atanh-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Atanh = unary("Atanh", {
  since: 9,
  f: Math.atanh,
  // ∂L/∂x = dy / (1 − x²)
  gradient: (g, { x, dy }) => g.div(dy, g.sub(g.scalar(x, 1), g.mul(x, x))),
  ops: { logarithm: 1, divide: 1, add: 2 },
  examples: [
    {
      name: "inside (−1, 1)",
      inputs: [f32([4], [0, 0.5, -0.75, 0.9])],
      expected: [f32([4], [0, 0.5493061443340548, -0.9729550745276566, 1.4722194895832204])],
    },
  ],
});
