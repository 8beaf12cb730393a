/** @file GreaterOrEqual: element-wise a ≥ b with broadcasting. ONNX GreaterOrEqual-16. */

import { f32, tensor } from "../base/tensor.ts";
import { comparison } from "./comparison.ts";
import { ofNumbers } from "./element-contents.ts";

export const GreaterOrEqual = comparison("GreaterOrEqual", {
  since: 12,
  types: "number",
  f: (a, b) => a >= b,
  contents: ofNumbers((a, b) => Number(a >= b)),
  examples: [
    {
      name: "broadcast a row",
      inputs: [f32([2, 2], [1, 2, 3, 4]), f32([2], [2, 2])],
      expected: [tensor("bool", [2, 2], [0, 1, 1, 1])],
    },
    { name: "not a number", inputs: [f32([1], [Number.NaN]), f32([1], [0])], expected: [tensor("bool", [1], [0])] },
    {
      name: "int64 beyond 2^53",
      inputs: [tensor("int64", [2], [9007199254740993n, -1n]), tensor("int64", [2], [9007199254740992n, -1n])],
      expected: [tensor("bool", [2], [1, 1])],
    },
  ],
});
