/** @file ReduceLogSum: the logarithm of the sum over axes. ONNX ReduceLogSum-18. */

import { f32, i64 } from "../base/tensor.ts";
import { rankOf } from "./emit.ts";
import { expandLike } from "./fill.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

export const ReduceLogSum = operator(
  "ReduceLogSum",
  reduction({
    since: 18,
    of: (lane) => {
      let sum = 0;
      for (const value of lane) sum += value;
      return Math.log(sum);
    },
    // ∂L/∂x = dy / Σx = dy·exp(−y)
    gradient: (g, [x, axes], [dy], at, [y]) => [
      expandLike(g, keptDims(g, g.mul(dy, g.op("Exp", [g.neg(y)])), axes, at, rankOf(x)), x),
    ],
    work: { perInput: { add: 1 }, perOutput: { add: -1, logarithm: 1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 2], [0.5, 0.5, 1, 3]), i64([-1])],
        expected: [f32([2, 1], [0, Math.log(4)])],
      },
      {
        name: "all axes dropped",
        inputs: [f32([2, 2], [0.25, 0.5, 1, 0.25])],
        attributes: { keepdims: false },
        expected: [f32([], [Math.log(2)])],
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
