/**
 * @file femto.GateLayer: rows of two-input gates, each a mixture of all sixteen by softmax over its weights, on numbers
 * between 0 and 1 read as probabilities (differentiable logic gates, arXiv 2210.08277). After training every gate is the
 * one of its greatest weight: a LUT layer of two inputs.
 *
 * Gate i has the truth table that i is in binary: its value at inputs a, b is bit a + 2b of i. As a polynomial it is
 * t₀ + (t₁−t₀)a + (t₂−t₀)b + (t₀−t₁−t₂+t₃)ab. Without a mapping slot k·gates + j is input k of gate j.
 */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, numbers, reshaped, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { intsOf } from "./contents.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { asRows, featureAxis, featureIndex, featuresOf, fromRows, rowsIn, withFeatures } from "./feature-axis.ts";
import { fromNumbers } from "./loops.ts";
import { checkIndices } from "./lut-tables.ts";
import { type Known, operator } from "./operator.ts";
import { addRows } from "./row-sums.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Coefficients of 1, a, b, ab for each of the sixteen gates, [16, 4]. */
export const gatePolynomials: readonly number[] = Array.from({ length: 16 }, (_, gate) => {
  const [t0, t1, t2, t3] = [0, 1, 2, 3].map((address) => (gate >> address) & 1) as [number, number, number, number];
  return [t0, t1 - t0, t2 - t0, t0 - t1 - t2 + t3];
}).flat();

/** Number of gates from types. @throws FemtoError `shape.gates` */
function gatesOf(x: Known, weights: Known, mapping: Known | undefined, axis: number): number | undefined {
  checkRank(weights, 2, "weights");
  const [gates, kinds] = weights.dims ?? [];
  const slots = mapping === undefined ? x.dims?.[featureIndex(axis, x.dims.length)] : undefined;
  const isOther = typeof slots === "number" && typeof gates === "number" && slots !== 2 * gates;
  const isMapped = mapping?.dims === undefined || (mapping.dims[0] === gates && mapping.dims[1] === 2);
  if ((typeof kinds === "number" && kinds !== 16) || isOther || !isMapped) {
    fail({
      code: "shape.gates",
      where: "input weights",
      message: "each gate has two inputs and sixteen weights",
      expected: "[gates, 16], with a mapping [gates, 2] or 2 features for each gate",
      got: [weights, mapping ?? x].map((t) => `[${t.dims?.join(", ")}]`).join(" with "),
    });
  }
  return typeof gates === "number" ? gates : undefined;
}

function run([x, weights, mapping]: readonly Tensor[], axis: number): Tensor {
  const gates = weights!.dims[0]!;
  const dims = withFeatures(x!.dims, axis, gates) as number[];
  const [from, to] = [rowsIn(x!.dims, axis), rowsIn(dims, axis)];
  const places = mapping && integers(mapping);
  if (places !== undefined) checkIndices(places, from.features);
  const [values, w] = [numbers(x!), numbers(weights!)];
  const out = new Float64Array(sizeOf(dims));
  for (let j = 0; j < gates; j++) {
    const own = w.subarray(16 * j, 16 * j + 16);
    const most = Math.max(...own);
    const powers = Array.from(own, (weight) => Math.exp(weight - most));
    const total = powers.reduce((sum, power) => sum + power, 0);
    for (let m = 0; m < from.samples; m++) {
      const input = (k: number) => values[from.at(places === undefined ? k * gates + j : places[2 * j + k]!, m)]!;
      const [a, b] = [input(0), input(1)];
      const probability = [(1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b];
      let sum = 0;
      for (let gate = 0; gate < 16; gate++) {
        for (let address = 0; address < 4; address++) {
          if ((gate >> address) & 1) sum += (powers[gate]! / total) * probability[address]!;
        }
      }
      out[to.at(j, m)] = sum;
    }
  }
  return fromNumbers(x!.dtype, dims, out);
}

interface Parts {
  readonly a: Value;
  readonly b: Value;
  /** Shares of the gates, and the four coefficients as columns [gates, 1]. */
  readonly shares: Value;
  readonly columns: readonly [Value, Value, Value, Value];
  readonly polynomials: Value;
}

const slotsOf = (g: Emit, mapping: Value): Value => g.reshape(g.transpose(mapping, [1, 0]), [-1]);

function parts(g: Emit, [x, weights, mapping]: readonly (Value | undefined)[], axis: number): Parts {
  const gates = dimsOf(weights!)[0] as number;
  const rows = asRows(g, x!, axis);
  const slots = mapping === undefined ? rows : g.op("Gather", [rows, slotsOf(g, mapping)], { axis: 0 });
  const [a, b] = g.ops("Split", [slots, g.ints([gates, gates])], { axis: 0 }, 2) as [Value, Value];
  const shares = g.op("Softmax", [weights], { axis: 1 });
  const polynomials = g.tensorLike(weights!, [16, 4], gatePolynomials);
  const mixed = g.matmul(shares, polynomials);
  const columns = g.ops("Split", [mixed, g.ints([1, 1, 1, 1])], { axis: 1 }, 4) as [Value, Value, Value, Value];
  return { a, b, shares, columns, polynomials };
}

function mixture(g: Emit, inputs: readonly (Value | undefined)[], axis: number): Value {
  const { a, b, columns } = parts(g, inputs, axis);
  const [one, inA, inB, inAB] = columns;
  // y = c₀ + c₂b + a·(c₁ + c₃b)
  return fromRows(g, g.add(g.add(one, g.mul(inB, b)), g.mul(a, g.add(inA, g.mul(inAB, b)))), inputs[0]!, axis);
}

function slopes(g: Emit, inputs: readonly (Value | undefined)[], dy: Value, axis: number) {
  const [x, , mapping] = inputs;
  const { a, b, shares, columns, polynomials } = parts(g, inputs, axis);
  const [, inA, inB, inAB] = columns;
  const rows = asRows(g, dy, axis);
  // ∂y/∂a = c₁ + c₃b, ∂y/∂b = c₂ + c₃a
  const da = g.mul(rows, g.add(inA, g.mul(inAB, b)));
  const db = g.mul(rows, g.add(inB, g.mul(inAB, a)));
  const slots = g.op("Concat", [da, db], { axis: 0 });
  const features = featuresOf(x!, axis);
  const known = mapping && intsOf(mapping);
  const turned = known && [0, 1].flatMap((k) => known.filter((_, i) => i % 2 === k));
  const dRows = mapping === undefined ? slots : addRows(g, slots, slotsOf(g, mapping), turned, features);
  // ∂L/∂c = Σ dy·(1, a, b, ab) over samples; through the softmax: share·(∂L/∂share − Σ share·∂L/∂share)
  const dyA = g.mul(rows, a);
  const sums = [rows, dyA, g.mul(rows, b), g.mul(dyA, b)].map((value) => g.sum(value, [1], true));
  const dShares = g.matmul(g.op("Concat", sums, { axis: 1 }), g.transpose(polynomials, [1, 0]));
  const mean = g.sum(g.mul(shares, dShares), [1], true);
  return [fromRows(g, dRows, x!, axis), g.mul(shares, g.sub(dShares, mean))];
}

const x = f32([2, 3], [0, 1, 0.25, 0.5, 0.75, 1]);
const mapping = reshaped(i64([0, 1, 2, 1]), [2, 2]);
const weights = f32(
  [2, 16],
  Array.from({ length: 32 }, (_, i) => Math.sin(3 * i)),
);

export const GateLayer = operator("GateLayer", {
  domain: "femto",
  since: 1,
  arity: [2, 3],
  attributes: { axis: featureAxis },
  shape: ([x, weights, mapping], { axis }) => {
    const gates = gatesOf(x!, weights!, mapping, axis);
    const features = x!.dims?.[featureIndex(axis, x!.dims.length)];
    const places = mapping?.constant;
    if (places !== undefined && typeof features === "number") checkIndices(integers(places), features);
    if (x!.dims === undefined || gates === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    return [{ dtype: x!.dtype, dims: withFeatures(x!.dims, axis, gates) }];
  },
  run: (inputs, { axis }) => [run(inputs, axis)],
  gradient: (g, inputs, [dy], { axis }) => slopes(g, inputs, dy!, axis),
  body: (g, inputs, { axis }) => [mixture(g, inputs, axis)],
  work: (inputs, outputs) => {
    const size = sizeOf(outputs[0]!.dims);
    const gates = inputs[1]!.dims[0]!;
    return streaming(inputs, outputs, { multiply: 3 * size, add: 3 * size, exponential: 16 * gates });
  },
  examples: [
    {
      name: "nearly one gate: a and not b, a or b",
      inputs: [
        x,
        f32(
          [2, 16],
          [2, 14].flatMap((gate) => Array.from({ length: 16 }, (_, i) => (i === gate ? 40 : 0))),
        ),
        mapping,
      ],
      // Gate 2 is a ∧ ¬b, gate 14 is a ∨ b.
      expected: [f32([2, 2], [0, 1, 0.125, 1])],
    },
    { name: "mixtures", inputs: [x, weights, mapping] },
    {
      name: "features first, slots in order",
      inputs: [f32([4, 1], [0.1, 0.9, 0.4, 0.6]), weights],
      attributes: { axis: 0 },
    },
  ],
});
