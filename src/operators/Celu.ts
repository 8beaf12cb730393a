/** @file Celu: max(0, x) + min(0, α·(e^(x/α) − 1)): Elu with a slope of one at zero for every α. ONNX Celu-28. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { unary } from "./unary.ts";

export const Celu = unary("Celu", {
  since: 12,
  attributes: { alpha: float(1) },
  f: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
  // ∂L/∂x = dy for x ≥ 0, dy · e^(x/α) = dy · (y/α + 1) below
  gradient: (g, { x, y, dy }, { alpha }) => {
    const below = g.add(g.scale(y, 1 / alpha), g.scalar(y, 1));
    return g.where(g.op("Less", [x, g.scalar(x, 0)]), g.mul(dy, below), dy);
  },
  ops: { exponential: 1, divide: 1, add: 1, multiply: 1, select: 1 },
  examples: [
    {
      name: "default",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [f32([5], [-0.9179150013761012, -0.5276334472589853, -0.09516258196404048, 0.3, 1.5])],
    },
    {
      name: "alpha",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { alpha: 2 },
      expected: [f32([5], [-1.4269904062796197, -0.6254214424180555, -0.09754115099857197, 0.3, 1.5])],
    },
  ],
});
