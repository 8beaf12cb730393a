/**
 * @file Trunc (QONNX): drops the low bits of a quantised value. Two forms, told apart by the number of inputs:
 * version 1 (x, s, z, bits in, bits out) divides the code by 2^(in − out) and keeps the scale; version 2 (x, s, z, bits
 * in, scale out, bits out) divides by the power of two between the scales, clips, and rescales. Source:
 * fastmachinelearning/qonnx, docs/qonnx-custom-ops/trunc_v1.md, trunc_v2.md and custom_op/general/trunc.py.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { f32, numbers, scalar, type Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { flag, text } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { dtypeOf, type Emit } from "./emit.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { masked } from "./masks.ts";
import { operator } from "./operator.ts";
import { codeRange, emitRange, type Signedness } from "./qonnx-range.ts";
import { roundingMode } from "./qonnx-rounding.ts";
import { roundingTo } from "./quantisation.ts";
import { elementwise } from "./work.ts";

interface Attributes extends Signedness {
  readonly rounding_mode: string;
}

function run(inputs: readonly Tensor[], at: Attributes): Tensor[] {
  const x = inputs[0]!;
  const r = roundingTo(x.dtype);
  const { round } = roundingMode(at.rounding_mode);
  const parts = inputs.slice(1).map((t) => ({ values: numbers(t), index: broadcastIndices(t.dims, x.dims) }));
  const out = Float64Array.from(numbers(x), (value, i) => {
    const [s, z, ...rest] = parts.map(({ values, index }) => values[index[i]!]!) as [number, number, ...number[]];
    const code = roundHalfEven(r(r(value / s) + z));
    if (rest.length === 2) {
      const [from, to] = rest as [number, number];
      return r(r(round(r(code / 2 ** (from - to))) - z) * s);
    }
    const [, outScale, bits] = rest as [number, number, number];
    const factor = 2 ** roundHalfEven(Math.log2(r(outScale / s)));
    const [low, high] = codeRange(bits, at);
    const clipped = Math.max(low, Math.min(high, r(code / factor)));
    return r(r(round(clipped) - r(z / factor)) * outScale);
  });
  return [fromNumbers(x.dtype, x.dims, out)];
}

/** Casts the bit-widths to the type of x. */
const floats = (g: Emit, [x, ...rest]: readonly Value[]): Value[] => [x!, ...rest.map((v) => g.cast(v, dtypeOf(x!)))];

/** 2^(in − out), or 2 to the rounded logarithm of the ratio of the scales. */
function factorOf(g: Emit, inputs: readonly Value[]): Value {
  const [, scale, , from, to] = inputs;
  const two = g.scalar(scale!, 2);
  if (inputs.length === 5) return g.op("Pow", [two, g.sub(from!, to!)]);
  const logarithm = g.scale(g.op("Log", [g.div(to!, scale!)]), 1 / Math.LN2);
  return g.op("Pow", [two, g.op("Round", [logarithm])]);
}

function shifted(g: Emit, inputs: readonly Value[]): Value {
  const [x, scale, zero] = inputs;
  return g.div(g.op("Round", [g.add(g.div(x!, scale!), zero!)]), factorOf(g, inputs));
}

function body(g: Emit, given: readonly Value[], at: Attributes): Value {
  const inputs = floats(g, given);
  const [, scale, zero, , outScale, bits] = inputs;
  const { emit } = roundingMode(at.rounding_mode);
  const code = shifted(g, inputs);
  if (bits === undefined) return g.mul(g.sub(emit(g, code), zero!), scale!);
  const [low, high] = emitRange(g, bits, at);
  const clipped = g.op("Max", [g.op("Min", [code, high]), low]);
  return g.mul(g.sub(emit(g, clipped), g.div(zero!, factorOf(g, inputs))), outScale!);
}

const number = (value: number) => scalar("float32", value);
const x = f32([2, 3], [12, -7, 3.5, 25, -30, 6]);

export const Trunc = operator("Trunc", {
  domain: "qonnx.custom_op.general",
  since: 1,
  arity: [5, 6],
  attributes: { rounding_mode: text<string>("FLOOR"), signed: flag(true), narrow: flag(false) },
  shape: ([x, ...rest], { rounding_mode }) => {
    checkTypes([x], "float");
    checkTypes(rest, "number");
    roundingMode(rounding_mode);
    return [{ dtype: x!.dtype, dims: x!.dims }];
  },
  run: (inputs, at) => run(inputs as Tensor[], at),
  // Straight through the roundings, to x alone: ∂L/∂x = dy / 2^(in − out) in version 1 (which keeps the scale);
  // dy · scale out / (s · factor) where the code lies inside its range in version 2.
  gradient: (g, given, [dy], at) => {
    const inputs = floats(g, given);
    const [, scale, , , outScale, bits] = inputs;
    const factor = factorOf(g, inputs);
    if (bits === undefined) return [g.div(dy!, factor)];
    const [low, high] = emitRange(g, bits, at);
    const code = shifted(g, inputs);
    const inside = g.op("And", [g.op("GreaterOrEqual", [code, low]), g.op("LessOrEqual", [code, high])]);
    return [g.mul(masked(g, dy!, inside), g.div(outScale!, g.mul(scale!, factor)))];
  },
  body: (g, inputs, at) => [body(g, inputs, at)],
  work: elementwise({ divide: 2, add: 2, round: 2, compare: 2, multiply: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "version 1: two bits off",
      inputs: [x, number(0.5), number(0), number(8), number(6)],
      expected: [f32([2, 3], [3, -2, 0.5, 6, -7.5, 1.5])],
      gradientOf: [],
    },
    {
      name: "version 1, rounded",
      inputs: [x, number(0.5), number(0), number(8), number(6)],
      attributes: { rounding_mode: "ROUND" },
      expected: [f32([2, 3], [3, -2, 1, 6, -7.5, 1.5])],
      gradientOf: [],
    },
    {
      name: "version 2: two bits off, clipped to five",
      inputs: [x, number(0.5), number(0), number(8), number(2), number(5)],
      expected: [f32([2, 3], [12, -8, 2, 24, -30, 6])],
      gradientOf: [],
    },
    {
      name: "version 2, four unsigned bits and a zero point",
      inputs: [x, number(0.5), number(8), number(8), number(2), number(4)],
      attributes: { signed: false },
      expected: [f32([2, 3], [12, -4, 2, 24, -4, 6])],
      gradientOf: [],
    },
  ],
});
