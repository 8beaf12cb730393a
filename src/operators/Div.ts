/** @file Div: element-wise a / b with broadcasting; integers truncate towards zero. ONNX Div-14. */

import { fail } from "../base/errors.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { divideDims } from "../graph/dims.ts";
import { binary } from "./binary.ts";

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) return fail({ code: "run.division", message: "an integer is divided by zero" });
  return a / b;
}

export const Div = binary("Div", {
  since: 7,
  f: (a, b) => a / b,
  exact: divide,
  contents: (a, b) =>
    typeof a === "number" && typeof b === "number" ? (b === 0 ? undefined : Math.trunc(a / b)) : divideDims(a, b),
  // ∂L/∂a = dy / b, ∂L/∂b = −dy · y / b
  gradient: (g, { b, y, dy }) => {
    const da = g.div(dy, b);
    return [da, g.neg(g.mul(da, y))];
  },
  ops: { divide: 1 },
  examples: [
    {
      name: "same shape",
      inputs: [f32([2, 2], [1.5, 2, -3, 4]), f32([2, 2], [0.5, -8, 0.25, 5])],
      expected: [f32([2, 2], [3, -0.25, -12, 0.8])],
    },
    {
      name: "broadcast a row",
      inputs: [f32([2, 2], [1, 2, 3, 4]), f32([2], [4, -5])],
      expected: [f32([2, 2], [0.25, -0.4, 0.75, -0.8])],
    },
    { name: "int64 truncates", inputs: [i64([7, -7, 7]), i64([2, 2, -2])], expected: [i64([3, -3, -3])] },
    {
      name: "int8 truncates",
      inputs: [tensor("int8", [2], [-7, 100]), tensor("int8", [2], [2, 7])],
      expected: [tensor("int8", [2], [-3, 14])],
    },
  ],
});
