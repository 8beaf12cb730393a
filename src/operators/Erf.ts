/** @file Erf: the error function. ONNX Erf-13. */

import { f32 } from "../base/tensor.ts";
import { errorFunction } from "./error-function.ts";
import { unary } from "./unary.ts";

export const Erf = unary("Erf", {
  since: 9,
  f: errorFunction,
  // ∂L/∂x = dy · 2/√π · e^(−x²)
  gradient: (g, { x, dy }) => g.mul(dy, g.scale(g.op("Exp", [g.neg(g.mul(x, x))]), 2 / Math.sqrt(Math.PI))),
  ops: { exponential: 1, multiply: 5, add: 5, divide: 1 },
  examples: [
    {
      name: "both signs and the tail",
      inputs: [f32([5], [0, 0.5, -1, 2, 3.5])],
      expected: [f32([5], [0, 0.5204998778130465, -0.8427007929497149, 0.9953222650189527, 0.9999992569016276])],
    },
  ],
});
