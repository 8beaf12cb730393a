/** @file Not: logical negation. ONNX Not-1. */

import { tensor } from "../base/tensor.ts";
import { none } from "./operator.ts";
import { unary } from "./unary.ts";

export const Not = unary("Not", {
  since: 1,
  types: "bool",
  f: (x) => 1 - x,
  contents: (x) => (typeof x === "number" ? 1 - x : undefined),
  gradient: none("makes booleans"),
  ops: { logic: 1 },
  tolerance: 0,
  examples: [{ name: "both", inputs: [tensor("bool", [2], [1, 0])], expected: [tensor("bool", [2], [0, 1])] }],
});
