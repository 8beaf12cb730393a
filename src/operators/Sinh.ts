/** @file Sinh: the hyperbolic sine. ONNX Sinh-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Sinh = unary("Sinh", {
  since: 9,
  f: Math.sinh,
  // ∂L/∂x = dy · cosh x
  gradient: (g, { x, dy }) => g.mul(dy, g.op("Cosh", [x])),
  ops: { exponential: 2, add: 1, multiply: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.75, 2.5])],
      expected: [f32([4], [0, 0.5210953054937474, -2.790414366277642, 6.0502044810397875])],
    },
  ],
});
