/** @file Equal: element-wise a = b with broadcasting, for numbers, booleans and strings. ONNX Equal-19. */

import { f32, tensor } from "../base/tensor.ts";
import { comparison } from "./comparison.ts";
import { isEqualDim } from "./element-contents.ts";

export const Equal = comparison("Equal", {
  since: 11,
  types: "any",
  f: (a, b) => a === b,
  contents: isEqualDim,
  examples: [
    {
      name: "broadcast a row",
      inputs: [f32([2, 2], [1, 2, 3, 4]), f32([2], [1, 4])],
      expected: [tensor("bool", [2, 2], [1, 0, 0, 1])],
    },
    {
      name: "not a number",
      inputs: [f32([1], [Number.NaN]), f32([1], [Number.NaN])],
      expected: [tensor("bool", [1], [0])],
    },
    {
      name: "int64 beyond 2^53",
      inputs: [tensor("int64", [2], [9007199254740993n, -1n]), tensor("int64", [2], [9007199254740992n, -1n])],
      expected: [tensor("bool", [2], [0, 1])],
    },
    {
      name: "booleans",
      inputs: [tensor("bool", [2], [1, 0]), tensor("bool", [1], [0])],
      expected: [tensor("bool", [2], [0, 1])],
    },
    {
      name: "strings",
      inputs: [tensor("string", [2], ["a", "b"]), tensor("string", [1], ["b"])],
      expected: [tensor("bool", [2], [0, 1])],
    },
  ],
});
