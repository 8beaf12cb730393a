/** @file Cosh: the hyperbolic cosine. ONNX Cosh-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Cosh = unary("Cosh", {
  since: 9,
  f: Math.cosh,
  // ∂L/∂x = dy · sinh x
  gradient: (g, { x, dy }) => g.mul(dy, g.op("Sinh", [x])),
  ops: { exponential: 2, add: 1, multiply: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([4], [0, 0.5, -1.75, 2.5])],
      expected: [f32([4], [1, 1.1276259652063807, 2.964188309728088, 6.132289479663686])],
    },
  ],
});
