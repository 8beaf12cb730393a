/** @file Elu: x for x ≥ 0, α·(eˣ − 1) below. ONNX Elu-22. */

import { f32 } from "../base/tensor.ts";
import { float } from "./attributes.ts";
import { unary } from "./unary.ts";

export const Elu = unary("Elu", {
  since: 6,
  attributes: { alpha: float(1) },
  f: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
  // ∂L/∂x = dy for x ≥ 0, dy · α·eˣ = dy · (y + α) below
  gradient: (g, { x, y, dy }, { alpha }) =>
    g.where(g.op("Less", [x, g.scalar(x, 0)]), g.mul(dy, g.add(y, g.scalar(y, alpha))), dy),
  ops: { exponential: 1, add: 1, multiply: 1, select: 1 },
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
      expected: [f32([5], [-1.8358300027522023, -1.0552668945179706, -0.19032516392808096, 0.3, 1.5])],
    },
    { name: "the kink", inputs: [f32([1], [0])], attributes: { alpha: 2 }, expected: [f32([1], [0])], gradientOf: [] },
  ],
});
