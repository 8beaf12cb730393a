/** @file Sin: the sine of radians. ONNX Sin-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Sin = unary("Sin", {
  since: 7,
  f: Math.sin,
  // ∂L/∂x = dy · cos x
  gradient: (g, { x, dy }) => g.mul(dy, g.op("Cos", [x])),
  ops: { trigonometric: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.75, 4])],
      expected: [f32([4], [0, 0.479425538604203, -0.9839859468739369, -0.7568024953079282])],
    },
  ],
});
