/** @file HammingWindow: 25/46 − 21/46·cos(2πn/N). ONNX HammingWindow-17. */

import { f32, scalar, tensor } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { windowFunction } from "./window-function.ts";

export const HammingWindow = operator(
  "HammingWindow",
  windowFunction(
    [25 / 46, 21 / 46, 0],
    [
      {
        name: "periodic",
        inputs: [scalar("int64", 4)],
        expected: [f32([4], [0.086956522, 0.543478261, 1.0, 0.543478261])],
      },
      {
        name: "symmetric",
        inputs: [scalar("int64", 5)],
        attributes: { periodic: false },
        expected: [f32([5], [0.086956522, 0.543478261, 1.0, 0.543478261, 0.086956522])],
      },
      {
        name: "float64",
        inputs: [scalar("int32", 2)],
        attributes: { output_datatype: "float64" },
        expected: [tensor("float64", [2], [0.086956522, 1.0])],
      },
    ],
  ),
);
