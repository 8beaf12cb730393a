/** @file Or: element-wise logical or with broadcasting. ONNX Or-7. */

import { tensor } from "../base/tensor.ts";
import { comparison } from "./comparison.ts";
import { ofNumbers } from "./element-contents.ts";

export const Or = comparison("Or", {
  since: 7,
  types: "bool",
  op: "logic",
  f: (a, b) => a === 1 || b === 1,
  contents: ofNumbers((a, b) => Number(a === 1 || b === 1)),
  examples: [
    {
      name: "broadcast a column against a row",
      inputs: [tensor("bool", [2, 1], [0, 1]), tensor("bool", [2], [0, 1])],
      expected: [tensor("bool", [2, 2], [0, 1, 1, 1])],
    },
  ],
});
