/** @file Selu: γ·x for x > 0, γ·α·(eˣ − 1) below: the self-normalising unit of Klambauer et al. 2017. ONNX Selu-22. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { unary } from "./unary.ts";

export const Selu = unary("Selu", {
  since: 6,
  attributes: { alpha: float(1.673263192176819), gamma: float(1.0507010221481323) },
  f: (x, { alpha, gamma }) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
  // ∂L/∂x = dy · γ for x > 0, dy · γ·α·eˣ = dy · (y + γ·α) up to zero
  gradient: (g, { x, y, dy }, { alpha, gamma }) => {
    const slope = g.where(
      g.op("Greater", [x, g.scalar(x, 0)]),
      g.scalar(y, gamma),
      g.add(y, g.scalar(y, gamma * alpha)),
    );
    return g.mul(dy, slope);
  },
  ops: { exponential: 1, add: 1, multiply: 2, select: 1 },
  examples: [
    {
      name: "default",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [
        f32(
          [5],
          [-1.6137857639177853, -0.9276320187347418, -0.16730527314729463, 0.31521030664443966, 1.5760515332221985],
        ),
      ],
    },
    {
      name: "alpha and gamma",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { alpha: 2, gamma: 3 },
      expected: [f32([5], [-5.507490008256607, -3.165800683553912, -0.5709754917842429, 0.8999999999999999, 4.5])],
    },
  ],
});
