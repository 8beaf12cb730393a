/** @file Exp: eˣ. ONNX Exp-13. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Exp = unary("Exp", {
  since: 6,
  f: Math.exp,
  // ∂L/∂x = dy · eˣ
  gradient: (g, { y, dy }) => g.mul(dy, y),
  ops: { exponential: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 1, -1, 2.5])],
      expected: [f32([4], [1, 2.718281828459045, 0.36787944117144233, 12.182493960703473])],
    },
  ],
});
