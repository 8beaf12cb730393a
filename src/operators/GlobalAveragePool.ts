/** @file GlobalAveragePool: the mean of each channel, [N, C, …] → [N, C, 1 …]. ONNX GlobalAveragePool-1. */

import { f32, sizeOf } from "../base/tensor.ts";
import { dimsOf, rankOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { globalDims, overPlanes } from "./pooling.ts";
import { streaming } from "./work.ts";

export const GlobalAveragePool = operator("GlobalAveragePool", {
  since: 1,
  arity: [1, 1],
  attributes: {},
  shape: ([x]) => [{ dtype: x.dtype, dims: globalDims(x) }],
  run: ([x]) => {
    const { dims, values } = overPlanes(x, (all, from, to) => {
      let sum = 0;
      for (let i = from; i < to; i++) sum += all[i]!;
      return sum / (to - from);
    });
    return [fromNumbers(x.dtype, dims, values)];
  },
  // Every element of a channel gets dy / size
  gradient: (g, [x], [dy]) => {
    const spatial = dimsOf(x).slice(2);
    if (spatial.every((dim) => typeof dim === "number")) {
      const share = g.scale(dy, 1 / sizeOf(spatial as number[]));
      return [g.op("Expand", [share, g.ints([1, 1, ...(spatial as number[])])])];
    }
    // Symbolic sizes: count the elements at run time
    const shape = g.op("Shape", [x]);
    const sizes = g.op("Slice", [shape, g.ints([2]), g.ints([rankOf(x)])]);
    const size = g.cast(g.op("ReduceProd", [sizes], { keepdims: false }), x.type!.dtype);
    return [g.op("Expand", [g.div(dy, size), shape])];
  },
  work: ([x], [y]) => streaming([x], [y], { add: sizeOf(x.dims) - sizeOf(y.dims), divide: sizeOf(y.dims) }),
  examples: [
    {
      name: "two channels",
      inputs: [f32([1, 2, 2, 2], [1, 2, 3, 6, -1, 0, 2, 5])],
      expected: [f32([1, 2, 1, 1], [3, 1.5])],
    },
    {
      name: "one spatial axis, two images",
      inputs: [f32([2, 1, 3], [1, 2, 6, 0, -3, 0])],
      expected: [f32([2, 1, 1], [3, -1])],
    },
  ],
});
