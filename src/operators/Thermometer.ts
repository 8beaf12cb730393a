/**
 * @file femto.Thermometer: T bits of each feature, bit i = 1 where x > tᵢ (strictly). Bits of feature 0 come first
 * (QuWeiT sheet M1). With ascending thresholds the bits of a feature are monotone: T + 1 codes.
 *
 * Gradients are straight-through (M1, inside a transformer): ∂b/∂x = +1 and ∂b/∂t = −1 where |x − t| < `clip`, else 0.
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { float } from "./attributes.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";
import { checkNumbers, featureAxis, featureIndex, featuresOf, rowsIn, withFeatures } from "./feature-axis.ts";
import { fromNumbers } from "./loops.ts";
import { masked } from "./masks.ts";
import { type Known, operator } from "./operator.ts";
import { sameTypes } from "./shapes.ts";
import { streaming } from "./work.ts";

interface At {
  readonly axis: number;
  readonly clip: number;
}

/** Thresholds of one feature, T; refuses what does not fit. */
function levels(x: Known, thresholds: Known, { axis }: At): number | undefined {
  const dims = thresholds.dims;
  if (dims === undefined) return undefined;
  const features = x.dims?.[featureIndex(axis, x.dims.length)];
  const count = dims.at(-1);
  const isOther = dims.length === 2 && typeof features === "number" && dims[0] !== features;
  if (dims.length < 1 || dims.length > 2 || typeof count !== "number" || count < 1 || isOther) {
    fail({
      code: "shape.thresholds",
      where: "input thresholds",
      message: "does not fit the features",
      expected: `[T] or [${features ?? "features"}, T] with T at least 1`,
      got: `[${dims.join(", ")}]`,
      hint: "thresholds are fitted on training data, or learned from such a start",
    });
  }
  return count;
}

function run([x, thresholds]: readonly Tensor[], { axis }: At): Tensor {
  checkNumbers(thresholds!, "thresholds", "fit the thresholds on training data first");
  checkNumbers(x!, "x", "leave out examples without a value, or give them one");
  const count = thresholds!.dims.at(-1)!;
  const isShared = thresholds!.dims.length === 1;
  const dims = withFeatures(x!.dims, axis, x!.dims[featureIndex(axis, x!.dims.length)]! * count) as number[];
  const [from, to] = [rowsIn(x!.dims, axis), rowsIn(dims, axis)];
  const [values, t] = [numbers(x!), numbers(thresholds!)];
  const out = new Float64Array(sizeOf(dims));
  for (let f = 0; f < from.features; f++) {
    for (let m = 0; m < from.samples; m++) {
      const value = values[from.at(f, m)]!;
      for (let i = 0; i < count; i++) {
        if (value > t[isShared ? i : f * count + i]!) out[to.at(f * count + i, m)] = 1;
      }
    }
  }
  return fromNumbers(x!.dtype, dims, out);
}

/** x with an axis of one behind its features, and thresholds that broadcast with it along that axis. */
function side(g: Emit, x: Value, thresholds: Value, axis: number): { x: Value; t: Value; at: number } {
  const rank = rankOf(x);
  const at = featureIndex(axis, rank) + 1;
  const wide = g.op("Unsqueeze", [x, g.ints([at])]);
  const tail = rank - at;
  const shape = [...(dimsOf(thresholds) as number[]), ...new Array<number>(tail).fill(1)];
  return { x: wide, t: tail === 0 ? thresholds : g.reshape(thresholds, shape), at };
}

function encode(g: Emit, x: Value, thresholds: Value, axis: number): Value {
  const wide = side(g, x, thresholds, axis);
  const bits = g.cast(g.op("Greater", [wide.x, wide.t]), dtypeOf(x));
  const count = dimsOf(thresholds).at(-1) as number;
  return flatten(g, bits, x, withFeatures(dimsOf(x), axis, featuresOf(x, axis) * count));
}

/** Reshapes to dimensions whose symbols `source` has, too. */
function flatten(g: Emit, value: Value, source: Value, dims: readonly (number | string)[]): Value {
  const open = dims.filter((dim) => typeof dim === "string");
  return open.length <= 1 ? g.reshape(value, dims) : g.op("Reshape", [value, g.shapeVector(source, dims)]);
}

/** ∂L/∂x = Σᵢ dyᵢ·1[|x − tᵢ| < clip], ∂L/∂t = −Σ dy·1[|x − t| < clip] over samples. */
function slopes(g: Emit, x: Value, thresholds: Value, dy: Value, { axis, clip }: At): [Value, Value] {
  const wide = side(g, x, thresholds, axis);
  const count = dimsOf(thresholds).at(-1) as number;
  const dims = dimsOf(x).toSpliced(wide.at, 0, count);
  const apart = g.op("Abs", [g.sub(wide.x, wide.t)]);
  const near = masked(g, flatten(g, dy, x, dims), g.op("Less", [apart, g.scalar(apart, clip)]));
  const isShared = rankOf(thresholds) === 1;
  const kept = isShared ? [wide.at] : [wide.at - 1, wide.at];
  const others = dims.flatMap((_, i) => (kept.includes(i) ? [] : [i]));
  return [g.sum(near, [wide.at]), g.neg(g.sum(near, others))];
}

const x = f32([2, 3], [0.2, -1, 3, 0.5, 0, 1]);
const each = f32([3, 2], [0.1, 0.5, -0.5, 0, 1, 2]);

export const Thermometer = operator("Thermometer", {
  domain: "femto",
  since: 1,
  arity: [2, 2],
  attributes: { axis: featureAxis, clip: float(1) },
  shape: ([x, thresholds], at) => {
    sameTypes(x, thresholds);
    const count = levels(x!, thresholds!, at);
    if (x!.dims === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    const features = x!.dims[featureIndex(at.axis, x!.dims.length)]!;
    if (typeof features === "string" || count === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    return [{ dtype: x!.dtype, dims: withFeatures(x!.dims, at.axis, features * count) }];
  },
  run: (inputs, at) => [run(inputs, at)],
  gradient: (g, [x, thresholds], [dy], at) => slopes(g, x!, thresholds!, dy!, at),
  body: (g, [x, thresholds], { axis }) => [encode(g, x!, thresholds!, axis)],
  // Fitted thresholds are part of their comparators: no machine fetches them.
  work: ([x], outputs) => streaming([x], outputs, { compare: sizeOf(outputs[0]!.dims) }),
  tolerance: 0,
  examples: [
    {
      name: "thresholds of each feature, strictly above",
      inputs: [x, each],
      expected: [f32([2, 6], [1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0])],
      // Straight-through slopes are not those of a step; they have tests of their own.
      gradientOf: [],
    },
    {
      name: "one set of thresholds, features first",
      inputs: [x, f32([2], [0, 0.5])],
      attributes: { axis: 0 },
      expected: [f32([4, 3], [1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1])],
      gradientOf: [],
    },
    {
      name: "tokens",
      inputs: [f32([1, 2, 3], [0.2, -1, 3, 0.5, 0, 1]), each],
      expected: [f32([1, 2, 6], [1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0])],
      gradientOf: [],
    },
  ],
});
