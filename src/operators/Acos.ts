/** @file Acos: the arc cosine. ONNX Acos-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Acos = unary("Acos", {
  since: 7,
  f: Math.acos,
  // ∂L/∂x = −dy / √(1 − x²)
  gradient: (g, { x, dy }) => g.neg(g.div(dy, g.op("Sqrt", [g.sub(g.scalar(x, 1), g.mul(x, x))]))),
  ops: { trigonometric: 1 },
  examples: [
    {
      name: "inside (−1, 1)",
      inputs: [f32([4], [0, 0.5, -0.75, 0.9])],
      expected: [f32([4], [1.5707963267948966, 1.0471975511965979, 2.4188584057763776, 0.45102681179626236])],
    },
  ],
});
