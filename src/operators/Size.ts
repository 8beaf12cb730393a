/** @file Size: the number of elements as an int64 scalar. ONNX Size-13. */

import { f32, scalar, sizeOf } from "../base/tensor.ts";
import { multiplyDims } from "../graph/dims.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

export const Size = operator("Size", {
  since: 1,
  arity: [1, 1],
  attributes: {},
  shape: ([x]) => [{ dtype: "int64", dims: [], contents: x.dims && [multiplyDims(...x.dims)] }],
  run: ([x]) => [scalar("int64", sizeOf(x.dims))],
  gradient: none("a size does not depend on the elements"),
  work: (_inputs, outputs) => streaming([], outputs),
  tolerance: 0,
  examples: [
    { name: "a matrix", inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6])], expected: [scalar("int64", 6)] },
    { name: "a scalar", inputs: [f32([], [1])], expected: [scalar("int64", 1)] },
    { name: "empty", inputs: [f32([0, 3], [])], expected: [scalar("int64", 0)] },
  ],
});
