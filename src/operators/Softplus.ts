/** @file Softplus: ln(1 + eˣ). ONNX Softplus-22. */

import { f32 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

/** Neither overflows for large x nor loses digits for very negative ones. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const Softplus = unary("Softplus", {
  since: 1,
  f: softplus,
  // ∂L/∂x = dy · σ(x)
  gradient: (g, { x, dy }) => g.mul(dy, g.op("Sigmoid", [x])),
  ops: { exponential: 1, logarithm: 1, add: 2 },
  examples: [
    {
      name: "both signs, far out",
      inputs: [f32([6], [-30, -2.5, -0.75, 0.3, 1.5, 40])],
      expected: [
        f32(
          [6],
          [9.357622968839737e-14, 0.07888973429254963, 0.38687100611489994, 0.8543552444685272, 1.7014132779827524, 40],
        ),
      ],
    },
  ],
});
