/** @file Abs: |x|. ONNX Abs-13. */

import { f32, i64 } from "../base/tensor.ts";
import { maskedBy } from "./masks.ts";
import { unary } from "./unary.ts";

export const Abs = unary("Abs", {
  since: 6,
  types: "number",
  f: Math.abs,
  exact: (x) => (x < 0n ? -x : x),
  // ∂L/∂x = dy · sign(x); at x = 0 it is 0. Written with masks, because Sign itself has no gradient.
  gradient: (g, { x, dy }) => g.sub(maskedBy(g, dy, x, "Greater", 0), maskedBy(g, dy, x, "Less", 0)),
  ops: { compare: 1 },
  tolerance: 0,
  examples: [
    { name: "both signs", inputs: [f32([4], [1.5, -2, 0.25, -40])], expected: [f32([4], [1.5, 2, 0.25, 40])] },
    { name: "the kink", inputs: [f32([2], [0, -1])], expected: [f32([2], [0, 1])], gradientOf: [] },
    { name: "int64", inputs: [i64([3, -4])], expected: [i64([3, 4])] },
  ],
});
