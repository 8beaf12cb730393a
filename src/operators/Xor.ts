/** @file Xor: element-wise logical exclusive or with broadcasting. ONNX Xor-7. */

import { tensor } from "../base/tensor.ts";
import { comparison } from "./comparison.ts";
import { ofNumbers } from "./element-contents.ts";

export const Xor = comparison("Xor", {
  since: 7,
  types: "bool",
  op: "logic",
  f: (a, b) => a !== b,
  contents: ofNumbers((a, b) => Number(a !== b)),
  examples: [
    {
      name: "broadcast a column against a row",
      inputs: [tensor("bool", [2, 1], [0, 1]), tensor("bool", [2], [0, 1])],
      expected: [tensor("bool", [2, 2], [0, 1, 1, 0])],
    },
  ],
});
