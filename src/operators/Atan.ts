/** @file Atan: the arc tangent. ONNX Atan-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Atan = unary("Atan", {
  since: 7,
  f: Math.atan,
  // ∂L/∂x = dy / (1 + x²)
  gradient: (g, { x, dy }) => g.div(dy, g.add(g.scalar(x, 1), g.mul(x, x))),
  ops: { trigonometric: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.75, 4])],
      expected: [f32([4], [0, 0.4636476090008061, -1.0516502125483738, 1.3258176636680326])],
    },
  ],
});
