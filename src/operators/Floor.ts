/** @file Floor: the greatest integer that is not above x. ONNX Floor-13. */

import { f32 } from "../base/tensor.ts";
import { flat } from "./operator.ts";
import { unary } from "./unary.ts";

export const Floor = unary("Floor", {
  since: 6,
  f: Math.floor,
  gradient: flat("piecewise constant"),
  ops: { round: 1 },
  tolerance: 0,
  examples: [
    { name: "both signs", inputs: [f32([5], [1.5, -2.5, 0, -0.25, 7])], expected: [f32([5], [1, -3, 0, -1, 7])] },
  ],
});
