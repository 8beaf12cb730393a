/** @file GlobalLpPool: the p-norm of each channel, [N, C, …] → [N, C, 1 …]. ONNX GlobalLpPool-2. */

import { f32, sizeOf } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { fromNumbers } from "./loops.ts";
import { powerSlope, rootOf, rootSlope } from "./lp-pool-rule.ts";
import { operator } from "./operator.ts";
import { globalDims, overPlanes } from "./pooling.ts";
import { streaming } from "./work.ts";

export const GlobalLpPool = operator("GlobalLpPool", {
  since: 2,
  arity: [1, 1],
  attributes: { p: int(2) },
  shape: ([x]) => [{ dtype: x.dtype, dims: globalDims(x) }],
  run: ([x], { p }) => {
    const { dims, values } = overPlanes(x, (all, from, to) => {
      let sum = 0;
      for (let i = from; i < to; i++) sum += Math.abs(all[i]!) ** p;
      return rootOf(sum, p);
    });
    return [fromNumbers(x.dtype, dims, values)];
  },
  // dx = sign(x)·|x|^(p−1) · dy·y^(1−p)
  gradient: (g, [x], [dy], { p }, [y]) => [g.mul(powerSlope(g, x, p), rootSlope(g, y!, dy, p))],
  work: ([x], [y], { p }) =>
    streaming([x], [y], {
      add: sizeOf(x.dims) - sizeOf(y.dims),
      multiply: (p - 1) * sizeOf(x.dims),
      squareRoot: sizeOf(y.dims),
    }),
  examples: [
    {
      name: "the Euclidean norm",
      inputs: [f32([1, 2, 2, 2], [1, -1, 3, 5, 2, 4, -5, 2])],
      expected: [f32([1, 2, 1, 1], [6, 7])],
    },
    {
      name: "p = 3",
      inputs: [f32([2, 1, 2], [1, -2, 3, 0.5])],
      attributes: { p: 3 },
      expected: [f32([2, 1, 1], [Math.cbrt(9), Math.cbrt(27.125)])],
    },
  ],
});
