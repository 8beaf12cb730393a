/** @file Sqrt: the square root; NaN below zero. ONNX Sqrt-13. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Sqrt = unary("Sqrt", {
  since: 6,
  f: Math.sqrt,
  // ∂L/∂x = dy / (2·y)
  gradient: (g, { y, dy }) => g.div(g.scale(dy, 0.5), y),
  ops: { squareRoot: 1 },
  examples: [
    { name: "squares", inputs: [f32([2, 2], [4, 0.25, 2, 100])], expected: [f32([2, 2], [2, 0.5, Math.SQRT2, 10])] },
  ],
});
