/** @file GlobalMaxPool: the greatest element of each channel, [N, C, …] → [N, C, 1 …]. ONNX GlobalMaxPool-1. */

import { f32, sizeOf } from "../base/tensor.ts";
import { dtypeOf, rankOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { globalDims, overPlanes } from "./pooling.ts";
import { streaming } from "./work.ts";

export const GlobalMaxPool = operator("GlobalMaxPool", {
  since: 1,
  arity: [1, 1],
  attributes: {},
  shape: ([x]) => [{ dtype: x.dtype, dims: globalDims(x) }],
  run: ([x]) => {
    const { dims, values } = overPlanes(x, (all, from, to) => {
      let max = Number.NEGATIVE_INFINITY;
      for (let i = from; i < to; i++) max = Math.max(max, all[i]!);
      return max;
    });
    return [fromNumbers(x.dtype, dims, values)];
  },
  // dx = [x = y]·dy / (how many elements of the channel equal y): ties share
  gradient: (g, [x], [dy], _at, [y]) => {
    const isGreatest = g.cast(g.op("Equal", [x, y]), dtypeOf(x));
    const spatial = Array.from({ length: rankOf(x) - 2 }, (_, i) => i + 2);
    return [g.mul(isGreatest, g.div(dy, g.sum(isGreatest, spatial, true)))];
  },
  work: ([x], [y]) => streaming([x], [y], { compare: sizeOf(x.dims) - sizeOf(y.dims) }),
  examples: [
    {
      name: "two channels",
      inputs: [f32([1, 2, 2, 2], [1, 2, 3, 6, -1, -3, -2, -5])],
      expected: [f32([1, 2, 1, 1], [6, -1])],
    },
    {
      name: "a tie, one spatial axis",
      inputs: [f32([1, 1, 3], [2, 1, 2])],
      expected: [f32([1, 1, 1], [2])],
      gradientOf: [],
    },
  ],
});
