/** @file Sign: −1, 0 or 1. ONNX Sign-13. */

import { f32, i64 } from "../base/tensor.ts";
import { flat } from "./operator.ts";
import { unary } from "./unary.ts";

export const Sign = unary("Sign", {
  since: 9,
  types: "number",
  f: Math.sign,
  exact: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  gradient: flat("piecewise constant"),
  ops: { compare: 1 },
  tolerance: 0,
  examples: [
    { name: "floats", inputs: [f32([4], [1.5, -2, 0, -0.25])], expected: [f32([4], [1, -1, 0, -1])] },
    { name: "int64", inputs: [i64([3, -4, 0])], expected: [i64([1, -1, 0])] },
  ],
});
