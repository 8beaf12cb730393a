/** @file Add: element-wise a + b with broadcasting. ONNX Add-14. */

import { f32, i64 } from "../base/tensor.ts";
import { addDims } from "../graph/dims.ts";
import { mapBroadcast } from "./loops.ts";
import { operator } from "./operator.ts";
import { broadcastShape, sameTypes } from "./shapes.ts";
import { elementwise } from "./work.ts";

export const Add = operator("Add", {
  since: 7,
  arity: [2, 2],
  attributes: {},
  shape: ([a, b]) => {
    sameTypes(a, b);
    const [type] = broadcastShape([a, b]);
    const contents =
      a.contents && b.contents && a.contents.length === b.contents.length
        ? a.contents.map((dim, i) => addDims(dim, b.contents![i]!))
        : undefined;
    return [{ ...type!, contents }];
  },
  run: ([a, b]) => [mapBroadcast([a, b], (x, y) => x + y)],
  // ∂L/∂a = dy and ∂L/∂b = dy, summed over broadcast axes
  gradient: (g, [a, b], [dy]) => [g.sumTo(dy, a), g.sumTo(dy, b)],
  work: elementwise({ add: 1 }),
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
  ],
});
