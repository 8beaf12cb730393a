/** @file ReduceLogSumExp: the logarithm of the sum of exponentials over axes. ONNX ReduceLogSumExp-18. */

import { f32, i64 } from "../base/tensor.ts";
import { rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

export const ReduceLogSumExp = operator(
  "ReduceLogSumExp",
  reduction({
    since: 18,
    of: (lane) => {
      // The greatest exponent is taken out, so that nothing overflows.
      let max = Number.NEGATIVE_INFINITY;
      for (const value of lane) max = Math.max(max, value);
      if (!Number.isFinite(max)) return max;
      let sum = 0;
      for (const value of lane) sum += Math.exp(value - max);
      return max + Math.log(sum);
    },
    // ∂L/∂x = dy·exp(x − y)
    gradient: (g, [x, axes], [dy], at, [y]) => {
      const wide = keptDims(g, y, axes, at, rankOf(x));
      return [g.mul(g.op("Exp", [g.sub(x, wide)]), keptDims(g, dy, axes, at, rankOf(x)))];
    },
    work: { perInput: { add: 2, exponential: 1, compare: 1 }, perOutput: { compare: -1, logarithm: 1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 2], [0, Math.log(3), Math.log(5), Math.log(2)]), i64([-1])],
        expected: [f32([2, 1], [Math.log(4), Math.log(7)])],
      },
      {
        name: "all axes dropped, large numbers",
        inputs: [f32([2], [1000, 1000])],
        attributes: { keepdims: false },
        expected: [f32([], [1000 + Math.LN2])],
        gradientOf: [],
      },
      {
        name: "an empty axis",
        inputs: [f32([1, 0], []), i64([1])],
        expected: [f32([1, 1], [Number.NEGATIVE_INFINITY])],
        gradientOf: [],
      },
    ],
  }),
);
