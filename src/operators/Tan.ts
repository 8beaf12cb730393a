/** @file Tan: the tangent of radians. ONNX Tan-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Tan = unary("Tan", {
  since: 7,
  f: Math.tan,
  // ∂L/∂x = dy · (1 + y²)
  gradient: (g, { y, dy }) => g.mul(dy, g.add(g.scalar(y, 1), g.mul(y, y))),
  ops: { trigonometric: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.25, 4])],
      expected: [f32([4], [0, 0.5463024898437905, -3.0095696738628313, 1.1578212823495775])],
    },
  ],
});
