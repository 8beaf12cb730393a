/** @file Identity: y = x. ONNX Identity-16, for tensors. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

export const Identity = operator("Identity", {
  since: 1,
  arity: [1, 1],
  attributes: {},
  shape: ([x]) => [{ dtype: x!.dtype, dims: x!.dims, contents: x!.contents }],
  run: ([x]) => [x!],
  // ∂L/∂x = dy
  gradient: (_g, _inputs, [dy]) => [dy],
  work: movement,
  tolerance: 0,
  examples: [
    { name: "floats", inputs: [f32([2], [1.5, -2])], expected: [f32([2], [1.5, -2])] },
    { name: "int64", inputs: [i64([3, -4])], expected: [i64([3, -4])] },
    { name: "strings", inputs: [tensor("string", [1], ["a"])], expected: [tensor("string", [1], ["a"])] },
  ],
});
