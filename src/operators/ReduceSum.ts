/** @file ReduceSum: the sum over axes. ONNX ReduceSum-13. */

import { f32, i64 } from "../base/tensor.ts";
import { rankOf } from "./emit.ts";
import { expandLike } from "./fill.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

export const ReduceSum = operator(
  "ReduceSum",
  reduction({
    since: 13,
    of: (lane) => {
      let sum = 0;
      for (const value of lane) sum += value;
      return sum;
    },
    ofBig: (lane) =>
      BigInt.asIntN(
        64,
        lane.reduce((sum, value) => sum + value, 0n),
      ),
    // ∂L/∂x = dy, repeated along the reduced axes
    gradient: (g, [x, axes], [dy], at) => [expandLike(g, keptDims(g, dy, axes, at, rankOf(x)), x)],
    work: { perInput: { add: 1 }, perOutput: { add: -1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), i64([-1])],
        expected: [f32([2, 1], [6, 15])],
      },
      {
        name: "two axes dropped",
        inputs: [f32([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), i64([0, 2])],
        attributes: { keepdims: false },
        expected: [f32([2], [14, 22])],
      },
      {
        name: "all axes without axes",
        inputs: [f32([2, 2], [1, 2, 3, 4])],
        attributes: { keepdims: false },
        expected: [f32([], [10])],
      },
      {
        name: "nothing to do",
        inputs: [f32([2], [1, 2])],
        attributes: { noop_with_empty_axes: true, keepdims: false },
        expected: [f32([2], [1, 2])],
      },
      {
        name: "an empty axis sums to zero",
        inputs: [f32([2, 0], []), i64([1])],
        expected: [f32([2, 1], [0, 0])],
        gradientOf: [],
      },
      { name: "int64 beyond 2^53", inputs: [i64([2 ** 53, 1, 2]), i64([0])] },
    ],
  }),
);
