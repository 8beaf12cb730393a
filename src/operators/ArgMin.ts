/** @file ArgMin: the index of the least element along an axis. ONNX ArgMin-13. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { argExtreme } from "./arg-extreme.ts";
import { operator } from "./operator.ts";

export const ArgMin = operator(
  "ArgMin",
  argExtreme(false, [
    {
      name: "first axis, the first of equals",
      inputs: [f32([2, 3], [1, 5, 3, 1, 4, 9])],
      expected: [tensor("int64", [1, 3], [0, 1, 0])],
    },
    {
      name: "last axis dropped, the last of equals",
      inputs: [f32([2, 3], [7, 3, 3, 1, 1, 4])],
      attributes: { axis: -1, keepdims: false, select_last_index: true },
      expected: [i64([2, 1])],
    },
    {
      name: "int32",
      inputs: [tensor("int32", [3], [-3, 8, 2])],
      attributes: { keepdims: false },
      expected: [tensor("int64", [], [0])],
    },
  ]),
);
