/** @file Swish: x · σ(α·x). ONNX Swish-24. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { unary } from "./unary.ts";

export const Swish = unary("Swish", {
  since: 24,
  attributes: { alpha: float(1) },
  f: (x, { alpha }) => x / (1 + Math.exp(-alpha * x)),
  // ∂L/∂x = dy · (s + α·x · s · (1 − s)), s = σ(α·x)
  gradient: (g, { x, dy }, { alpha }) => {
    const scaled = g.scale(x, alpha);
    const s = g.op("Sigmoid", [scaled]);
    return g.mul(dy, g.add(s, g.mul(scaled, g.mul(s, g.sub(g.scalar(s, 1), s)))));
  },
  ops: { exponential: 1, multiply: 1, add: 1, divide: 1 },
  examples: [
    {
      name: "default",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [
        f32(
          [5],
          [-0.18964545005310887, -0.24061597561845527, -0.047502081252106004, 0.1723327550434977, 1.2263617142904655],
        ),
      ],
    },
    {
      name: "alpha",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { alpha: 1.5 },
      expected: [
        f32(
          [5],
          [-0.057443424775064034, -0.18381375984927878, -0.04625701546562505, 0.1831917701847666, 1.3569758026513359],
        ),
      ],
    },
  ],
});
