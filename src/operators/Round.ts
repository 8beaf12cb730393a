/** @file Round: to the nearest integer, ties to even. ONNX Round-11. */

import { roundHalfEven } from "../base/soft-float.ts";
import { f32 } from "../base/tensor.ts";
import { flat } from "./operator.ts";
import { unary } from "./unary.ts";

export const Round = unary("Round", {
  since: 11,
  f: roundHalfEven,
  gradient: flat("piecewise constant"),
  ops: { round: 1 },
  tolerance: 0,
  examples: [
    {
      name: "ties go to even",
      inputs: [f32([8], [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, -3.7])],
      expected: [f32([8], [0, 2, 2, 0, -2, -2, 2, -4])],
    },
  ],
});
