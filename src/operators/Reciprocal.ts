/** @file Reciprocal: 1 / x. ONNX Reciprocal-13. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Reciprocal = unary("Reciprocal", {
  since: 6,
  f: (x) => 1 / x,
  // ∂L/∂x = −dy · y²
  gradient: (g, { y, dy }) => g.neg(g.mul(dy, g.mul(y, y))),
  ops: { divide: 1 },
  examples: [
    { name: "both signs", inputs: [f32([4], [4, -0.5, 3, -10])], expected: [f32([4], [0.25, -2, 1 / 3, -0.1])] },
  ],
});
