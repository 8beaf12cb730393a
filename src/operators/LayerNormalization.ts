/** @file LayerNormalization: (x − mean) / √(var + ε) · scale + B over the last axes, from `axis` on. ONNX LayerNormalization-17. */

import type { DType } from "../base/dtype.ts";
import { f32, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { float, int } from "./attributes.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { axisIndex, broadcastDims } from "./shapes.ts";
import { shareCount } from "./share-count.ts";
import { standardize, standardizeGradient } from "./standardize.ts";
import { streaming } from "./work.ts";

/** Statistics are kept in float32, as ONNX's `stash_type` says; wider inputs keep their own type. */
const stashType = (dtype: DType): DType => (dtype === "float64" ? "float64" : "float32");

/** Refuses a scale or bias that would widen x. */
export function checkAffine(x: Known, ...parameters: readonly (Known | undefined)[]): void {
  if (x.dims === undefined) return;
  for (const parameter of parameters) if (parameter?.dims !== undefined) broadcastDims(x.dims, parameter.dims);
}

/** Multiplies and shifts in place, with broadcasting. */
export function applyAffine(
  values: Float64Array,
  dims: readonly number[],
  scale: Tensor | undefined,
  bias: Tensor | undefined,
): void {
  for (const [parameter, isScale] of [
    [scale, true],
    [bias, false],
  ] as const) {
    if (parameter === undefined) continue;
    const from = broadcastIndices(parameter.dims, dims);
    const own = numbers(parameter);
    for (let i = 0; i < values.length; i++) {
      values[i] = isScale ? values[i]! * own[from[i]!]! : values[i]! + own[from[i]!]!;
    }
  }
}

/** Ones in the shape of `like`. */
function ones(g: Emit, like: Value): Value {
  const dims = dimsOf(like);
  return dims.every((dim) => typeof dim === "number")
    ? g.tensorLike(like, dims as number[], new Array(sizeOf(dims as number[])).fill(1))
    : g.op("Expand", [g.scalar(like, 1), g.op("Shape", [like])]);
}

export const LayerNormalization = operator("LayerNormalization", {
  since: 17,
  arity: [2, 3],
  outputs: 3,
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  shape: ([x, scale, bias], at) => {
    checkAffine(x, scale, bias);
    const from = x.dims === undefined ? 0 : axisIndex(at.axis, x.dims.length);
    const statistics = { dtype: stashType(x.dtype), dims: x.dims?.map((dim, axis) => (axis < from ? dim : 1)) };
    return [{ dtype: x.dtype, dims: x.dims }, statistics, statistics];
  },
  run: ([x, scale, bias], at) => {
    const from = axisIndex(at.axis, x.dims.length);
    const { values, mean, inverse } = standardize(doubles(x), sizeOf(x.dims.slice(from)), at);
    applyAffine(values, x.dims, scale, bias);
    const dims = x.dims.map((dim, axis) => (axis < from ? dim : 1));
    const stash = stashType(x.dtype);
    return [fromNumbers(x.dtype, x.dims, values), fromNumbers(stash, dims, mean), fromNumbers(stash, dims, inverse)];
  },
  // With x̂ = (x − μ)·r: dscale = Σ dy·x̂, dB = Σ dy, dx̂ = dy·scale, dx = r·(dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂));
  // gradients of the outputs μ and r add dμ/n and −dr·r²·x̂/n
  gradient: (g, [x, scale, bias], [dy, dMean, dInverse], at) => {
    const from = axisIndex(at.axis, rankOf(x));
    const axes = Array.from({ length: rankOf(x) - from }, (_, i) => from + i);
    const { axis, epsilon } = at;
    // The same operator with a scale of one gives x̂ and r in one node
    const [hat, , stashed] = g.ops("LayerNormalization", [x, ones(g, scale)], { axis, epsilon }, 3) as [
      Value,
      Value,
      Value,
    ];
    const r = g.cast(stashed, dtypeOf(x));
    const parts: Value[] = [];
    if (dy !== undefined) parts.push(standardizeGradient(g, { dHat: g.mul(dy, scale), hat, r }, axes));
    const part = (cotangent: Value) => g.div(g.cast(cotangent, dtypeOf(x)), shareCount(g, x, r));
    if (dMean !== undefined) parts.push(g.op("Expand", [part(dMean), g.op("Shape", [x])]));
    if (dInverse !== undefined) parts.push(g.mul(hat, g.neg(g.mul(part(dInverse), g.mul(r, r)))));
    const dx = parts.length === 0 ? undefined : parts.reduce((a, b) => g.add(a, b));
    return [dx, dy && g.sumTo(g.mul(dy, hat), scale), dy && bias && g.sumTo(dy, bias)];
  },
  work: (inputs, outputs) => {
    const size = sizeOf(inputs[0]!.dims);
    return streaming(inputs, outputs, { add: (inputs[2] === undefined ? 3 : 4) * size, multiply: 3 * size });
  },
  examples: [
    {
      name: "last axis",
      inputs: [f32([2, 2], [1, 3, -2, 6]), f32([2], [1, 2]), f32([2], [0, 0.5])],
      attributes: { epsilon: 0 },
      expected: [f32([2, 2], [-1, 2.5, -1, 2.5]), f32([2, 1], [2, 2]), f32([2, 1], [1, 0.25])],
    },
    {
      name: "two axes, no bias, a large epsilon",
      inputs: [f32([2, 2, 2], [1, 3, 5, 7, 2, 2, 2, -6]), f32([2, 2], [1, 2, -1, 0.5])],
      attributes: { axis: 1, epsilon: 4 },
      // variances 5 and 12: r is 1/3 and 1/4
      expected: [f32([2, 2, 2], [-1, -2 / 3, -1 / 3, 0.5, 0.5, 1, -0.5, -0.75])],
    },
    {
      name: "over everything, statistics as outputs",
      inputs: [f32([2, 3], [0.5, -1, 2, 0.25, 3, -0.75]), f32([2, 3], [1, 2, -1, 0.5, 1.5, 3])],
      attributes: { axis: -2 },
      outputs: 3,
    },
  ],
});
