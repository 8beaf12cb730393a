/** @file Mish: x · tanh(softplus(x)). Misra 2019. ONNX Mish-22. */

import { f32 } from "../base/tensor.ts";
import { softplus } from "./Softplus.ts";
import { unary } from "./unary.ts";

export const Mish = unary("Mish", {
  since: 18,
  f: (x) => x * Math.tanh(softplus(x)),
  // ∂L/∂x = dy · (t + x · (1 − t²) · σ(x)), t = tanh(softplus(x))
  gradient: (g, { x, dy }) => {
    const t = g.op("Tanh", [g.op("Softplus", [x])]);
    const rest = g.mul(g.sub(g.scalar(t, 1), g.mul(t, t)), g.op("Sigmoid", [x]));
    return g.mul(dy, g.add(t, g.mul(x, rest)));
  },
  ops: { exponential: 2, logarithm: 1, multiply: 1, add: 3, divide: 1 },
  examples: [
    {
      name: "both signs",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [
        f32(
          [5],
          [-0.19681620390653337, -0.27649471450546514, -0.05678857521284473, 0.20800137234811503, 1.4033782663958028],
        ),
      ],
    },
  ],
});
