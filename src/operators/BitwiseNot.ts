/** @file BitwiseNot: every bit inverted. ONNX BitwiseNot-18. */

import { i64, tensor } from "../base/tensor.ts";
import { none } from "./operator.ts";
import { unary } from "./unary.ts";

export const BitwiseNot = unary("BitwiseNot", {
  since: 18,
  types: "integer",
  f: (x) => ~x,
  exact: (x) => ~x,
  gradient: none("takes integers"),
  ops: { logic: 1 },
  tolerance: 0,
  examples: [
    { name: "int64", inputs: [i64([3, -4])], expected: [i64([-4, 3])] },
    { name: "uint8", inputs: [tensor("uint8", [2], [0, 0xf0])], expected: [tensor("uint8", [2], [255, 15])] },
  ],
});
