/** @file IsNaN: which elements are not numbers. ONNX IsNaN-20. */

import { f32, tensor } from "../base/tensor.ts";
import { none } from "./operator.ts";
import { unary } from "./unary.ts";

export const IsNaN = unary("IsNaN", {
  since: 9,
  result: "bool",
  f: (x) => Number(Number.isNaN(x)),
  gradient: none("makes booleans"),
  ops: { compare: 1 },
  tolerance: 0,
  examples: [
    {
      name: "numbers, infinity and NaN",
      inputs: [f32([3], [1.5, Number.NaN, Number.POSITIVE_INFINITY])],
      expected: [tensor("bool", [3], [0, 1, 0])],
    },
  ],
});
