/** @file Acosh: the inverse hyperbolic cosine, for x ≥ 1. ONNX Acosh-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Acosh = unary("Acosh", {
  since: 9,
  f: Math.acosh,
  // ∂L/∂x = dy / √(x² − 1)
  gradient: (g, { x, dy }) => g.div(dy, g.op("Sqrt", [g.sub(g.mul(x, x), g.scalar(x, 1))])),
  ops: { logarithm: 1, squareRoot: 1, multiply: 1, add: 2 },
  examples: [
    {
      name: "above one",
      inputs: [f32([4], [1.25, 2, 3.5, 10])],
      expected: [f32([4], [0.6931471805599453, 1.3169578969248166, 1.9248473002384139, 2.993222846126381])],
    },
  ],
});
