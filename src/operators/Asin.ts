/** @file Asin: the arc sine. ONNX Asin-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Asin = unary("Asin", {
  since: 7,
  f: Math.asin,
  // ∂L/∂x = dy / √(1 − x²)
  gradient: (g, { x, dy }) => g.div(dy, g.op("Sqrt", [g.sub(g.scalar(x, 1), g.mul(x, x))])),
  ops: { trigonometric: 1 },
  examples: [
    {
      name: "inside (−1, 1)",
      inputs: [f32([4], [0, 0.5, -0.75, 0.9])],
      expected: [f32([4], [0, 0.5235987755982989, -0.848062078981481, 1.1197695149986342])],
    },
  ],
});
