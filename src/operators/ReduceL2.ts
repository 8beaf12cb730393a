/** @file ReduceL2: the square root of the sum of squares over axes. ONNX ReduceL2-18. */

import { f32, i64 } from "../base/tensor.ts";
import { rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

export const ReduceL2 = operator(
  "ReduceL2",
  reduction({
    since: 18,
    of: (lane) => {
      let sum = 0;
      for (const value of lane) sum += value * value;
      return Math.sqrt(sum);
    },
    // ∂L/∂x = dy·x / y, and 0 where y = 0
    gradient: (g, [x, axes], [dy], at, [y]) => {
      const isZero = g.op("Equal", [y, g.scalar(y, 0)]);
      const share = g.where(isZero, g.scalar(y, 0), g.div(dy, g.where(isZero, g.scalar(y, 1), y)));
      return [g.mul(x, keptDims(g, share, axes, at, rankOf(x)))];
    },
    work: { perInput: { multiply: 1, add: 1 }, perOutput: { add: -1, squareRoot: 1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 2], [3, 4, -5, 12]), i64([-1])],
        expected: [f32([2, 1], [5, 13])],
      },
      {
        name: "all axes dropped",
        inputs: [f32([2, 2], [1, 1, -1, 1])],
        attributes: { keepdims: false },
        expected: [f32([], [2])],
      },
      { name: "of zeros", inputs: [f32([1, 2], [0, 0]), i64([1])], expected: [f32([1, 1], [0])], gradientOf: [] },
    ],
  }),
);
