/** @file Add: element-wise a + b with broadcasting. ONNX Add-14. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { addDims } from "../graph/dims.ts";
import { binary } from "./binary.ts";

export const Add = binary("Add", {
  since: 7,
  f: (a, b) => a + b,
  exact: (a, b) => a + b,
  isExactBelow2To53: true,
  contents: addDims,
  // ∂L/∂a = dy, ∂L/∂b = dy
  gradient: (_g, { dy }) => [dy, dy],
  ops: { add: 1 },
  examples: [
    {
      name: "same shape",
      inputs: [f32([2, 2], [1, 2, 3, 4]), f32([2, 2], [10, 20, 30, 40])],
      expected: [f32([2, 2], [11, 22, 33, 44])],
    },
    {
      name: "broadcast a row",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), f32([3], [10, 20, 30])],
      expected: [f32([2, 3], [11, 22, 33, 14, 25, 36])],
    },
    { name: "int64", inputs: [i64([1, 2]), i64([3, 4])], expected: [i64([4, 6])] },
    {
      name: "int64 beyond 2^53",
      inputs: [tensor("int64", [1], [9007199254740992n]), tensor("int64", [1], [1n])],
      expected: [tensor("int64", [1], [9007199254740993n])],
    },
  ],
});
