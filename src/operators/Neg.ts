/** @file Neg: −x. ONNX Neg-13. */

import { f32, i64 } from "../base/tensor.ts";
import { unary } from "./unary.ts";

export const Neg = unary("Neg", {
  since: 6,
  types: "signed",
  f: (x) => -x,
  exact: (x) => -x,
  contents: (x) => (typeof x === "number" ? -x : undefined),
  // ∂L/∂x = −dy
  gradient: (g, { dy }) => g.neg(dy),
  ops: { add: 1 },
  tolerance: 0,
  examples: [
    { name: "floats", inputs: [f32([2, 2], [1.5, -2, 0.25, 40])], expected: [f32([2, 2], [-1.5, 2, -0.25, -40])] },
    { name: "int64", inputs: [i64([3, -4])], expected: [i64([-3, 4])] },
  ],
});
