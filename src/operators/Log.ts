/** @file Log: the natural logarithm. ONNX Log-13. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Log = unary("Log", {
  since: 6,
  f: Math.log,
  // ∂L/∂x = dy / x
  gradient: (g, { x, dy }) => g.div(dy, x),
  ops: { logarithm: 1 },
  examples: [
    {
      name: "around one",
      inputs: [f32([4], [1, 2, 0.5, 10])],
      expected: [f32([4], [0, 0.6931471805599453, -0.6931471805599453, 2.302585092994046])],
    },
  ],
});
