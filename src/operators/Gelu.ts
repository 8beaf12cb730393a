/** @file Gelu: x · Φ(x) with the normal distribution function Φ, or its tanh approximation. Hendrycks and Gimpel 2016. ONNX Gelu-20. */

import { f32 } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { text } from "./attributes.ts";
import type { Emit } from "./emit.ts";
import { errorFunction } from "./error-function.ts";
import { unary } from "./unary.ts";

const SLOPE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** Φ(x) + x·φ(x), φ the normal density. */
function exactSlope(g: Emit, x: Value): Value {
  const distribution = g.scale(g.add(g.op("Erf", [g.scale(x, Math.SQRT1_2)]), g.scalar(x, 1)), 0.5);
  const density = g.scale(g.op("Exp", [g.scale(g.mul(x, x), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
  return g.add(distribution, g.mul(x, density));
}

function tanhSlope(g: Emit, x: Value): Value {
  const square = g.mul(x, x);
  const one = g.scalar(x, 1);
  const t = g.op("Tanh", [g.scale(g.mul(x, g.add(g.scale(square, CUBIC), one)), SLOPE)]);
  const inner = g.scale(g.add(g.scale(square, 3 * CUBIC), one), SLOPE);
  const rest = g.mul(x, g.mul(g.sub(one, g.mul(t, t)), inner));
  return g.scale(g.add(g.add(one, t), rest), 0.5);
}

export const Gelu = unary("Gelu", {
  since: 20,
  attributes: { approximate: text("none", "tanh") },
  f: (x, { approximate }) =>
    0.5 *
    x *
    (1 + (approximate === "tanh" ? Math.tanh(SLOPE * (x + CUBIC * x ** 3)) : errorFunction(x * Math.SQRT1_2))),
  // ∂L/∂x = dy · (Φ(x) + x·φ(x)), or of the approximation with u = √(2/π)·(x + 0.044715·x³), t = tanh u:
  // ∂L/∂x = dy · ½ · (1 + t + x · (1 − t²) · u′)
  gradient: (g, { x, dy }, { approximate }) => g.mul(dy, approximate === "tanh" ? tanhSlope(g, x) : exactSlope(g, x)),
  ops: { exponential: 1, multiply: 6, add: 6, divide: 1 },
  examples: [
    {
      name: "exact",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      expected: [
        f32(
          [5],
          [-0.015524163314440398, -0.16997051428265114, -0.0460172162722971, 0.18537342665668577, 1.399789198096713],
        ),
      ],
    },
    {
      name: "tanh approximation",
      inputs: [f32([5], [-2.5, -0.75, -0.1, 0.3, 1.5])],
      attributes: { approximate: "tanh" },
      expected: [
        f32(
          [5],
          [-0.015084266089998577, -0.17003944483437966, -0.04601724895456484, 0.18537092354275922, 1.3995715769802328],
        ),
      ],
    },
  ],
});
