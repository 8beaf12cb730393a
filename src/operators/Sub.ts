/** @file Sub: element-wise a − b with broadcasting. ONNX Sub-14. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { binary } from "./binary.ts";
import { subtractDims } from "./element-contents.ts";

export const Sub = binary("Sub", {
  since: 7,
  f: (a, b) => a - b,
  exact: (a, b) => a - b,
  isExactBelow2To53: true,
  contents: subtractDims,
  // ∂L/∂a = dy, ∂L/∂b = −dy
  gradient: (g, { dy }) => [dy, g.neg(dy)],
  ops: { add: 1 },
  examples: [
    {
      name: "same shape",
      inputs: [f32([2, 2], [1.5, 2, -3, 4]), f32([2, 2], [0.25, 20, 30, -4])],
      expected: [f32([2, 2], [1.25, -18, -33, 8])],
    },
    {
      name: "broadcast both ways",
      inputs: [f32([2, 1], [1, 2]), f32([3], [0.5, 0.25, 4])],
      expected: [f32([2, 3], [0.5, 0.75, -3, 1.5, 1.75, -2])],
    },
    { name: "int64", inputs: [i64([1, 9]), i64([3, 4])], expected: [i64([-2, 5])] },
    {
      name: "uint8 wraps",
      inputs: [tensor("uint8", [2], [3, 7]), tensor("uint8", [2], [5, 7])],
      expected: [tensor("uint8", [2], [254, 0])],
    },
  ],
});
