/** @file RMSNormalization: x / √(mean(x²) + ε) · scale over the last axes, from `axis` on. ONNX RMSNormalization-23. */

import { f32, sizeOf } from "../base/tensor.ts";
import { float, int } from "./attributes.ts";
import { rankOf } from "./emit.ts";
import { applyAffine, checkAffine } from "./LayerNormalization.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { axisIndex } from "./shapes.ts";
import { standardize, standardized, standardizeGradient } from "./standardize.ts";
import { streaming } from "./work.ts";

export const RMSNormalization = operator("RMSNormalization", {
  since: 23,
  arity: [2, 2],
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  shape: ([x, scale], at) => {
    checkAffine(x, scale);
    if (x.dims !== undefined) axisIndex(at.axis, x.dims.length);
    return [{ dtype: scale.dtype, dims: x.dims }];
  },
  run: ([x, scale], { axis, epsilon }) => {
    const length = sizeOf(x.dims.slice(axisIndex(axis, x.dims.length)));
    const { values } = standardize(doubles(x), length, { epsilon, isCentred: false });
    applyAffine(values, x.dims, scale, undefined);
    return [fromNumbers(scale.dtype, x.dims, values)];
  },
  // With x̂ = x·r, r = 1/√(mean(x²) + ε): dscale = Σ dy·x̂, dx̂ = dy·scale, dx = r·(dx̂ − x̂·mean(dx̂·x̂))
  gradient: (g, [x, scale], [dy], { axis, epsilon }) => {
    const from = axisIndex(axis, rankOf(x));
    const axes = Array.from({ length: rankOf(x) - from }, (_, i) => from + i);
    const { hat, r } = standardized(g, x, axes, { epsilon, isCentred: false });
    return [standardizeGradient(g, { dHat: g.mul(dy, scale), hat, r }, axes, false), g.sumTo(g.mul(dy, hat), scale)];
  },
  work: (inputs, outputs) => {
    const size = sizeOf(inputs[0]!.dims);
    return streaming(inputs, outputs, { add: size, multiply: 3 * size });
  },
  examples: [
    {
      name: "last axis",
      inputs: [f32([2, 2], [1, 7, -3, 4]), f32([2], [1, 2])],
      attributes: { epsilon: 0 },
      expected: [f32([2, 2], [0.2, 2.8, -3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)])],
    },
    {
      name: "two axes, a large epsilon",
      inputs: [f32([2, 2, 2], [1, 3, 5, 1, 2, 0, 2, -1]), f32([2, 2], [1, 2, -1, 0.5])],
      attributes: { axis: -2, epsilon: 7 },
      // means of squares 9 and 2.25
      expected: [
        f32([2, 2, 2], [0.25, 1.5, -1.25, 0.125, ...[2, 0, -2, -0.5].map((value) => value / Math.sqrt(9.25))]),
      ],
    },
  ],
});
