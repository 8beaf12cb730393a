/**
 * @file femto.ThresholdLayer: rows of threshold units on bits, y = 1 where v = b + Σₖ wₖ·(2xₖ − 1) > 0. Each is a lookup
 * table in the making: after training it is one of n inputs (femto.LutLayer), whatever its weights were. Unit j has the
 * weights [w₀ … wₙ₋₁, b] of row j and reads the bits at mapping[j]; without a mapping slot k·units + j is its input k.
 *
 * Gradients: straight through a window that has the area of the step, ∂y/∂v = 1/(2·window) where |v| < window, else 0.
 */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, numbers, reshaped, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { flag, float } from "./attributes.ts";
import { dimsOf, dtypeOf, type Emit } from "./emit.ts";
import {
  asRows,
  checkBits,
  featureAxis,
  featureIndex,
  featuresOf,
  fromRows,
  rowsIn,
  withFeatures,
} from "./feature-axis.ts";
import { fromNumbers } from "./loops.ts";
import { mappedRows, slotsOf } from "./lut-layer-graph.ts";
import { checkIndices, checkInputs } from "./lut-tables.ts";
import { masked } from "./masks.ts";
import { type Known, operator } from "./operator.ts";
import { addRows } from "./row-sums.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

interface At {
  readonly axis: number;
  readonly strict: boolean;
  readonly window: number;
}

interface Units {
  readonly units: number;
  readonly inputs: number;
}

/** Number of units and of their inputs. @throws FemtoError `shape.units`, `shape.lut` */
function unitsOf(x: Known, weights: Known, mapping: Known | undefined, axis: number): Units | undefined {
  checkRank(weights, 2, "weights");
  const [units, columns] = weights.dims ?? [];
  if (typeof units !== "number" || typeof columns !== "number") return undefined;
  const inputs = columns - 1;
  checkInputs(inputs);
  const slots = mapping === undefined ? x.dims?.[featureIndex(axis, x.dims.length)] : undefined;
  const isOther = typeof slots === "number" && slots !== units * inputs;
  const isMapped = mapping?.dims === undefined || (mapping.dims[0] === units && mapping.dims[1] === inputs);
  if (isOther || !isMapped) {
    fail({
      code: "shape.units",
      where: "input weights",
      message: "each unit has a weight for each of its inputs, and a bias",
      expected: "[units, n + 1], with a mapping [units, n] or n features for each unit",
      got: [weights, mapping ?? x].map((t) => `[${t.dims?.join(", ")}]`).join(" with "),
    });
  }
  return { units, inputs };
}

/**
 * What a unit has beside the doubled weights of its ones: v = (b − Σₖ wₖ) + Σₖ 2wₖ·xₖ, every step rounded to float32.
 * @param row [w₀ … wₙ₋₁, b]
 * @returns v for the bits of an address, the first input as the least significant one
 */
export function unitSums(row: ArrayLike<number>): (address: number) => number {
  const inputs = row.length - 1;
  let weights = 0;
  for (let k = 0; k < inputs; k++) weights = Math.fround(weights + row[k]!);
  const start = Math.fround(row[inputs]! - weights);
  return (address) => {
    let sum = 0;
    for (let k = 0; k < inputs; k++) if ((address >> k) & 1) sum = Math.fround(sum + Math.fround(2 * row[k]!));
    return Math.fround(sum + start);
  };
}

function run([x, weights, mapping]: readonly Tensor[], { axis, strict }: At): Tensor {
  const from = rowsIn(x!.dims, axis);
  const { units, inputs } = unitsOf(x!, weights!, mapping, axis)!;
  const places = mapping && integers(mapping);
  if (places !== undefined) checkIndices(places, from.features);
  const [values, w] = [numbers(x!), numbers(weights!)];
  if (strict) checkBits(values, "x");
  const dims = withFeatures(x!.dims, axis, units) as number[];
  const to = rowsIn(dims, axis);
  const out = new Float64Array(sizeOf(dims));
  for (let j = 0; j < units; j++) {
    const sumOf = unitSums(w.subarray(j * (inputs + 1), (j + 1) * (inputs + 1)));
    for (let m = 0; m < from.samples; m++) {
      let address = 0;
      for (let k = 0; k < inputs; k++) {
        const feature = places === undefined ? k * units + j : places[j * inputs + k]!;
        if (values[from.at(feature, m)]! > 0) address += 1 << k;
      }
      out[to.at(j, m)] = sumOf(address) > 0 ? 1 : 0;
    }
  }
  return fromNumbers(x!.dtype, dims, out);
}

interface Parts {
  /** Bits of the slots, [n, units, samples]. */
  readonly slots: Value;
  /** Weights, [n, units, 1]. */
  readonly weights: Value;
  /** v, [units, samples]. */
  readonly sums: Value;
  readonly shape: Units;
}

function parts(g: Emit, [x, weights, mapping]: readonly (Value | undefined)[], { axis, strict }: At): Parts {
  const [units, columns] = dimsOf(weights!) as [number, number];
  const inputs = columns - 1;
  const given = asRows(g, x!, axis);
  const bits = strict ? given : g.cast(g.op("Greater", [given, g.scalar(x!, 0)]), dtypeOf(x!));
  const taken = mapping === undefined ? bits : g.op("Gather", [bits, slotsOf(g, mapping)], { axis: 0 });
  const slots = g.op("Reshape", [taken, g.ints([inputs, units, -1])]);
  const turned = g.transpose(weights!, [1, 0]);
  const [own, bias] = g.ops("Split", [turned, g.ints([inputs, 1])], { axis: 0 }, 2) as [Value, Value];
  const start = g.sub(g.reshape(bias, [units, 1]), g.reshape(g.sum(own, [0]), [units, 1]));
  const wide = g.reshape(own, [inputs, units, 1]);
  const sums = g.add(g.sum(g.mul(slots, g.scale(wide, 2)), [0]), start);
  return { slots, weights: wide, sums, shape: { units, inputs } };
}

/** ∂L/∂wₖ = Σ dv·(2xₖ − 1), ∂L/∂b = Σ dv, ∂L/∂xₖ = 2wₖ·dv, with dv = dy/(2·window) where |v| < window, else 0. */
function slopes(g: Emit, inputs: readonly (Value | undefined)[], dy: Value, at: At): readonly (Value | undefined)[] {
  const [x, , mapping] = inputs;
  const { slots, weights, sums, shape } = parts(g, inputs, at);
  const near = g.op("Less", [g.op("Abs", [sums]), g.scalar(sums, at.window)]);
  const half = masked(g, g.scale(asRows(g, dy, at.axis), 1 / at.window), near);
  const count = g.scale(g.sum(half, [1], true), 0.5);
  const ones = g.sum(g.mul(slots, half), [2]);
  const byInput = g.sub(ones, g.reshape(count, [1, shape.units]));
  const dWeights = g.op("Concat", [g.transpose(byInput, [1, 0]), count], { axis: 1 });
  const dSlots = g.op("Reshape", [g.mul(weights, half), g.ints([shape.inputs * shape.units, -1])]);
  const dRows =
    mapping === undefined
      ? dSlots
      : addRows(
          g,
          dSlots,
          slotsOf(g, mapping),
          mappedRows(mapping, { tables: shape.units, inputs: shape.inputs }),
          featuresOf(x!, at.axis),
        );
  return [fromRows(g, dRows, x!, at.axis), dWeights];
}

const bits = f32([3, 3], [0, 1, 1, 1, 1, 0, 0, 0, 0]);
const mapping = reshaped(i64([0, 1, 2, 2]), [2, 2]);
const weights = f32([2, 3], [1, -0.5, 0.25, 0.5, 0.5, -0.75]);

export const ThresholdLayer = operator("ThresholdLayer", {
  domain: "femto",
  since: 1,
  arity: [2, 3],
  attributes: { axis: featureAxis, strict: flag(false), window: float(1) },
  shape: ([x, weights, mapping], { axis }) => {
    const shape = unitsOf(x!, weights!, mapping, axis);
    const features = x!.dims?.[featureIndex(axis, x!.dims.length)];
    const places = mapping?.constant;
    if (places !== undefined && typeof features === "number") checkIndices(integers(places), features);
    if (x!.dims === undefined || shape === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    return [{ dtype: x!.dtype, dims: withFeatures(x!.dims, axis, shape.units) }];
  },
  run: (inputs, at) => [run(inputs, at)],
  gradient: (g, inputs, [dy], at) => slopes(g, inputs, dy!, at),
  body: (g, inputs, at) => [fromRows(g, g.cast(above(g, inputs, at), dtypeOf(inputs[0]!)), inputs[0]!, at.axis)],
  // What it will be: a table is read at one entry.
  work: ([x], outputs) => streaming([x], outputs, { tableRead: sizeOf(outputs[0]!.dims) }),
  tolerance: 0,
  examples: [
    {
      name: "two units of two inputs",
      inputs: [bits, weights, mapping],
      // v of unit 0: −1 −½ + ¼, 1 − ½ + ¼, −1 + ½ + ¼; of unit 1, one bit twice: 1 − ¾, −1 − ¾, −1 − ¾.
      expected: [f32([3, 2], [0, 1, 1, 0, 0, 0])],
      gradientOf: [],
    },
    {
      name: "features first, slots in order",
      inputs: [f32([4, 2], [1, 0, 0, 1, 1, 0, 1, 1]), weights],
      attributes: { axis: 0, strict: true },
      expected: [f32([2, 2], [1, 0, 0, 1])],
      gradientOf: [],
    },
    {
      name: "whatever is above 0 is a one",
      inputs: [f32([1, 3], [7, -0.5, 0.25]), weights, mapping],
      attributes: { window: 0.5 },
      expected: [f32([1, 2], [1, 1])],
      gradientOf: [],
    },
  ],
});

function above(g: Emit, inputs: readonly (Value | undefined)[], at: At): Value {
  const { sums } = parts(g, inputs, at);
  return g.op("Greater", [sums, g.scalar(sums, 0)]);
}
