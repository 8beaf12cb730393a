/** @file Cos: the cosine of radians. ONNX Cos-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Cos = unary("Cos", {
  since: 7,
  f: Math.cos,
  // ∂L/∂x = −dy · sin x
  gradient: (g, { x, dy }) => g.neg(g.mul(dy, g.op("Sin", [x]))),
  ops: { trigonometric: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.75, 4])],
      expected: [f32([4], [1, 0.8775825618903728, -0.17824605564949209, -0.6536436208636119])],
    },
  ],
});
