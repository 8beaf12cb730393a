/** @file HardSwish: x · HardSigmoid(x; 1/6, 1/2). Howard et al. 2019. ONNX HardSwish-22. */

import { f32 } from "../base/tensor.ts";
import { masked } from "./masks.ts";
import { unary } from "./unary.ts";

export const HardSwish = unary("HardSwish", {
  since: 14,
  f: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  // ∂L/∂x = dy · (s + x/6 where 0 < s < 1), s = HardSigmoid(x; 1/6, 1/2)
  gradient: (g, { x, dy }) => {
    const s = g.op("HardSigmoid", [x], { alpha: 1 / 6, beta: 0.5 });
    const isInside = g.op("And", [g.op("Greater", [s, g.scalar(s, 0)]), g.op("Less", [s, g.scalar(s, 1)])]);
    return g.mul(dy, g.add(s, masked(g, g.scale(x, 1 / 6), isInside)));
  },
  ops: { multiply: 2, add: 1, compare: 2 },
  examples: [
    {
      name: "all three pieces",
      inputs: [f32([6], [-4, -1.2, -0.3, 0.7, 2, 3.5])],
      expected: [f32([6], [0, -0.36000000000000004, -0.135, 0.43166666666666664, 1.6666666666666665, 3.5])],
    },
  ],
});
