/** @file ReduceMean: the mean over axes; of integers it is cut towards zero. ONNX ReduceMean-18. */

import { isFloat } from "../base/dtype.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { divideDims, multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";
import { expandLike } from "./fill.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

/** How many elements of x become one of y, as a scalar like x. */
function laneLength(g: Emit, x: Value, y: Value): Value {
  const length = divideDims(multiplyDims(...dimsOf(x)), multiplyDims(...dimsOf(y)));
  if (typeof length === "number") return g.scalar(x, length);
  return g.cast(g.div(g.op("Size", [x]), g.op("Size", [y])), dtypeOf(x));
}

export const ReduceMean = operator(
  "ReduceMean",
  reduction({
    since: 18,
    of: (lane, dtype) => {
      let sum = 0;
      for (const value of lane) sum += value;
      return isFloat(dtype) ? sum / lane.length : Math.trunc(sum / lane.length);
    },
    ofBig: (lane) => lane.reduce((sum, value) => sum + value, 0n) / BigInt(lane.length || 1),
    // ∂L/∂x = dy / n, repeated along the reduced axes
    gradient: (g, [x, axes], [dy], at, [y]) => [
      expandLike(g, keptDims(g, g.div(dy, laneLength(g, x, y)), axes, at, rankOf(x)), x),
    ],
    work: { perInput: { add: 1 }, perOutput: { add: -1, divide: 1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 3], [1, 2, 3, 4, 5, 9]), i64([-1])],
        expected: [f32([2, 1], [2, 6])],
      },
      {
        name: "two axes dropped",
        inputs: [f32([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), i64([0, 2])],
        attributes: { keepdims: false },
        expected: [f32([2], [3.5, 5.5])],
      },
      { name: "all axes", inputs: [f32([2, 2], [1, 2, 3, 5])], expected: [f32([1, 1], [2.75])] },
      {
        name: "nothing to do",
        inputs: [f32([2], [1, 2])],
        attributes: { noop_with_empty_axes: true },
        expected: [f32([2], [1, 2])],
      },
      {
        name: "int32, cut towards zero",
        inputs: [tensor("int32", [2, 2], [-3, -2, 3, 2]), i64([1])],
        expected: [tensor("int32", [2, 1], [-2, 2])],
      },
    ],
  }),
);
