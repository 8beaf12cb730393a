/** @file ReduceL1: the sum of absolute values over axes. ONNX ReduceL1-18. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { keptDims, reduction } from "./reductions.ts";

export const ReduceL1 = operator(
  "ReduceL1",
  reduction({
    since: 18,
    of: (lane) => {
      let sum = 0;
      for (const value of lane) sum += Math.abs(value);
      return sum;
    },
    ofBig: (lane) =>
      BigInt.asIntN(
        64,
        lane.reduce((sum, value) => sum + (value < 0n ? -value : value), 0n),
      ),
    // ∂L/∂x = dy·sign(x)
    gradient: (g, [x, axes], [dy], at) => [g.mul(g.op("Sign", [x]), keptDims(g, dy, axes, at, rankOf(x)))],
    work: { perInput: { add: 1, logic: 1 }, perOutput: { add: -1 } },
    examples: [
      {
        name: "last axis kept",
        inputs: [f32([2, 3], [1, -2, 3, -4, 5, -6]), i64([-1])],
        expected: [f32([2, 1], [6, 15])],
      },
      {
        name: "all axes dropped",
        inputs: [f32([2, 2], [-1, 2, -3, 5])],
        attributes: { keepdims: false },
        expected: [f32([], [11])],
      },
      { name: "int32", inputs: [tensor("int32", [2], [3, -4])], expected: [tensor("int32", [1], [7])] },
    ],
  }),
);
