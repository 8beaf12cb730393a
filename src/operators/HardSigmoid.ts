/** @file HardSigmoid: α·x + β, clipped to [0, 1]. ONNX HardSigmoid-22. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { masked } from "./masks.ts";
import { unary } from "./unary.ts";

export const HardSigmoid = unary("HardSigmoid", {
  since: 6,
  attributes: { alpha: float(0.2), beta: float(0.5) },
  f: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
  // ∂L/∂x = dy · α where 0 < y < 1, else 0 (so, too, where the line meets a bound)
  gradient: (g, { y, dy }, { alpha }) => {
    const isInside = g.op("And", [g.op("Greater", [y, g.scalar(y, 0)]), g.op("Less", [y, g.scalar(y, 1)])]);
    return g.scale(masked(g, dy, isInside), alpha);
  },
  ops: { multiply: 1, add: 1, compare: 2 },
  examples: [
    {
      name: "default",
      inputs: [f32([6], [-4, -1.2, -0.3, 0.7, 2, 3.5])],
      expected: [f32([6], [0, 0.26, 0.44, 0.64, 0.9, 1])],
    },
    {
      name: "alpha and beta",
      inputs: [f32([6], [-4, -1.2, -0.3, 0.7, 2, 3.5])],
      attributes: { alpha: 0.5, beta: 0.45 },
      expected: [f32([6], [0, 0, 0.3, 0.8, 1, 1])],
    },
  ],
});
