/** @file Relu: max(x, 0). ONNX Relu-14. */

import { f32, tensor } from "../base/tensor.ts";
import { maskedBy } from "./masks.ts";
import { unary } from "./unary.ts";

export const Relu = unary("Relu", {
  since: 6,
  types: "signed",
  f: (x) => (x > 0 ? x : x < 0 ? 0 : x),
  exact: (x) => (x > 0n ? x : 0n),
  // ∂L/∂x = dy where x > 0, else 0; at x = 0 it is 0. y > 0 says the same as x > 0 and lets go of x.
  gradient: (g, { y, dy }) => maskedBy(g, dy, y, "Greater", 0),
  ops: { compare: 1 },
  tolerance: 0,
  examples: [
    {
      name: "both signs",
      inputs: [f32([2, 3], [1.5, -2, 0.25, -0.1, 40, -7])],
      expected: [f32([2, 3], [1.5, 0, 0.25, 0, 40, 0])],
    },
    { name: "the kink", inputs: [f32([3], [0, -0.5, 0.5])], expected: [f32([3], [0, 0, 0.5])], gradientOf: [] },
    { name: "int32", inputs: [tensor("int32", [3], [-5, 0, 5])], expected: [tensor("int32", [3], [0, 0, 5])] },
  ],
});
