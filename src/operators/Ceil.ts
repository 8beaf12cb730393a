/** @file Ceil: the least integer that is not below x. ONNX Ceil-13. */

import { f32 } from "../base/tensor.ts";
import { flat } from "./operator.ts";
import { unary } from "./unary.ts";

export const Ceil = unary("Ceil", {
  since: 6,
  f: Math.ceil,
  gradient: flat("piecewise constant"),
  ops: { round: 1 },
  tolerance: 0,
  examples: [
    { name: "both signs", inputs: [f32([5], [1.5, -2.5, 0, 0.25, 7])], expected: [f32([5], [2, -2, 0, 1, 7])] },
  ],
});
