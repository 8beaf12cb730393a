/** @file ReduceSumSquare: the sum of squares over axes. ONNX ReduceSumSquare-18. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

export const ReduceSumSquare = operator(
  "ReduceSumSquare",
  reduction({
    since: 18,
    of: (lane) => {
      let sum = 0;
      for (const value of lane) sum += value * value;
      return sum;
    },
    ofBig: (lane) =>
      BigInt.asIntN(
        64,
        lane.reduce((sum, value) => sum + value * value, 0n),
      ),
    // ∂L/∂x = 2·x·dy
    gradient: (g, [x, axes], [dy], at) => [g.mul(x, keptDims(g, g.scale(dy, 2), axes, at, rankOf(x)))],
    work: { perInput: { multiply: 1, add: 1 }, perOutput: { add: -1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 3], [1, -2, 3, -4, 5, -6]), i64([-1])],
        expected: [f32([2, 1], [14, 77])],
      },
      {
        name: "all axes dropped",
        inputs: [f32([2, 2], [-1, 2, -3, 5])],
        attributes: { keepdims: false },
        expected: [f32([], [39])],
      },
      {
        name: "squares alone",
        inputs: [f32([2], [-1, 2])],
        attributes: { noop_with_empty_axes: true },
        expected: [f32([2], [1, 4])],
      },
      { name: "int32", inputs: [tensor("int32", [2], [3, -4])], expected: [tensor("int32", [1], [25])] },
    ],
  }),
);
