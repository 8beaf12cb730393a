/**
 * @file femto.GroupSum: the features in k equal runs; output c is the sum of run c over τ. The popcount at the end of a
 * LUT network: logits in training, where τ matters, classes by argmax afterwards (DWN; QuWeiT sheet M5).
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { flag, float, int, required } from "./attributes.ts";
import type { Emit } from "./emit.ts";
import { asRows, featureAxis, featureIndex, featuresOf, fromRows, rowsIn, withFeatures } from "./feature-axis.ts";
import { fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { streaming } from "./work.ts";

interface At {
  readonly axis: number;
  readonly groups: number;
  readonly tau: number;
  readonly pad: boolean;
}

/** Features of a run. @throws FemtoError `shape.groups` where runs are not equal, unless padding is asked for; `attribute.range` */
function runLength(features: Dim, { groups, tau, pad }: At): number {
  if (!Number.isInteger(groups) || groups < 1) {
    fail({
      code: "attribute.range",
      where: "attribute groups",
      message: "must be at least 1",
      got: `${groups}`,
    });
  }
  if (!(tau > 0)) fail({ code: "attribute.range", where: "attribute tau", message: "must be above 0", got: `${tau}` });
  if (typeof features === "number" && features % groups !== 0 && !pad) {
    fail({
      code: "shape.groups",
      where: "input x",
      message: `${features} features do not make ${groups} equal groups`,
      expected: `a multiple of ${groups}`,
      got: `${features}`,
      hint: "choose another number of tables, or set `pad` to fill the last group up with zeros",
    });
  }
  return Math.ceil((features as number) / groups);
}

function run(x: Tensor, at: At): Tensor {
  const from = rowsIn(x.dims, at.axis);
  const length = runLength(from.features, at);
  const dims = withFeatures(x.dims, at.axis, at.groups) as number[];
  const to = rowsIn(dims, at.axis);
  const values = numbers(x);
  const out = new Float64Array(sizeOf(dims));
  for (let f = 0; f < from.features; f++) {
    for (let m = 0; m < from.samples; m++) out[to.at(Math.floor(f / length), m)]! += values[from.at(f, m)]!;
  }
  return fromNumbers(
    x.dtype,
    dims,
    out.map((sum) => sum / at.tau),
  );
}

function sum(g: Emit, x: Value, at: At): Value {
  const features = featuresOf(x, at.axis);
  const length = runLength(features, at);
  const rows = asRows(g, x, at.axis);
  const missing = length * at.groups - features;
  const whole = missing === 0 ? rows : g.op("Pad", [rows, g.ints([0, 0, missing, 0])]);
  const runs = g.op("Reshape", [whole, g.ints([at.groups, length, -1])]);
  const sums = g.sum(runs, [1]);
  return fromRows(g, g.div(sums, g.scalar(sums, at.tau)), x, at.axis);
}

/** ∂L/∂x: dy/τ of the group for each of its features. */
function spread(g: Emit, x: Value, dy: Value, at: At): Value {
  const features = featuresOf(x, at.axis);
  const length = runLength(features, at);
  const rows = asRows(g, dy, at.axis);
  const each = g.op("Unsqueeze", [g.div(rows, g.scalar(rows, at.tau)), g.ints([1])]);
  // A product with a column of ones repeats the row.
  const ones = g.tensorLike(x, [length, 1], new Array<number>(length).fill(1));
  const all = g.op("Reshape", [g.mul(each, ones), g.ints([length * at.groups, -1])]);
  const kept =
    length * at.groups === features ? all : g.op("Slice", [all, g.ints([0]), g.ints([features]), g.ints([0])]);
  return fromRows(g, kept, x, at.axis);
}

export const GroupSum = operator("GroupSum", {
  domain: "femto",
  since: 1,
  arity: [1, 1],
  attributes: { axis: featureAxis, groups: required(int()), tau: float(1), pad: flag(false) },
  shape: ([x], at) => {
    if (x!.dims === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    runLength(x!.dims[featureIndex(at.axis, x!.dims.length)]!, at);
    return [{ dtype: x!.dtype, dims: withFeatures(x!.dims, at.axis, at.groups) }];
  },
  run: ([x], at) => [run(x!, at)],
  gradient: (g, [x], [dy], at) => [spread(g, x!, dy!, at)],
  body: (g, [x], at) => [sum(g, x!, at)],
  // τ matters in training; it changes no decision, and what runs for good compares the sums.
  work: (inputs, outputs) => streaming(inputs, outputs, { accumulate: sizeOf(inputs[0]!.dims) }),
  examples: [
    {
      name: "two groups of three",
      inputs: [f32([2, 6], [1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0])],
      attributes: { groups: 2, tau: 0.5 },
      expected: [f32([2, 2], [4, 6, 0, 2])],
    },
    {
      name: "features first",
      inputs: [f32([4, 2], [1, 0, 1, 1, 0, 0, 0, 1])],
      attributes: { groups: 2, axis: 0 },
      expected: [f32([2, 2], [2, 1, 0, 1])],
    },
    {
      name: "the last group filled up with zeros",
      inputs: [f32([1, 5], [1, 1, 1, 0, 1])],
      attributes: { groups: 3, pad: true, tau: 2 },
      expected: [f32([1, 3], [1, 0.5, 0.5])],
    },
    { name: "tokens", inputs: [f32([1, 2, 4], [1, 0, 1, 1, 0, 0, 1, 0])], attributes: { groups: 2 } },
  ],
});
