/** @file HannWindow: ½ − ½·cos(2πn/N). ONNX HannWindow-17. */

import { f32, scalar, tensor } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { windowFunction } from "./window-function.ts";

export const HannWindow = operator(
  "HannWindow",
  windowFunction(
    [0.5, 0.5, 0],
    [
      { name: "periodic", inputs: [scalar("int64", 4)], expected: [f32([4], [0.0, 0.5, 1.0, 0.5])] },
      {
        name: "symmetric",
        inputs: [scalar("int64", 5)],
        attributes: { periodic: false },
        expected: [f32([5], [0.0, 0.5, 1.0, 0.5, 0.0])],
      },
      {
        name: "float64",
        inputs: [scalar("int32", 2)],
        attributes: { output_datatype: "float64" },
        expected: [tensor("float64", [2], [0.0, 1.0])],
      },
    ],
  ),
);
