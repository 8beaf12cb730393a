/**
 * @file femto.FakeQuant: x̂ = Q(x; q, range), a quantiser whose bit-width q is a real number that can be learned.
 *
 * Grids (EQAT sheet, gaps 2–4): `narrow` signed, K = 2^(q−1) − 1 steps on each side, zero exact; `unsigned` [0, high],
 * K = 2^q − 1; `affine` [low, high] with the zero point rounded to an integer. Clip first, then round half to even.
 * Modes (gap 6): `frac` interpolates between ⌊q⌋ and ⌊q⌋+1 bits (exact derivative in q); `real` uses a real number of
 * steps; `round` quantises with round(q). At integer q all three give the same bits.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { f32, numbers, scalar, sizeOf, type Tensor } from "../base/tensor.ts";
import { int, text } from "./attributes.ts";
import { type FakeQuantAttributes, fakeQuantGradient, quantise } from "./fake-quant-graph.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { sameShape } from "./shapes.ts";
import { elementwise } from "./work.ts";

type Rounding = (value: number) => number;

/** Quantises one element on the grid of `bits` bits, rounding as the element type does after every operation. */
function quantiseElement(x: number, bits: number, high: number, low: number, grid: string, r: Rounding): number {
  const steps = r(2 ** (grid === "narrow" ? bits - 1 : bits)) - 1;
  const clip = (from: number, to: number) => Math.max(Math.min(x, to), from);
  if (grid === "affine") {
    const scale = r(r(high - low) / r(steps));
    const zero = roundHalfEven(-r(low / scale));
    const from = -r(zero * scale);
    const to = r(r(r(steps) - zero) * scale);
    // Integer containers hold the code plus the zero point, so this is (round(x/Δ)+z, saturated) − z.
    return r((roundHalfEven(r(clip(from, to) / scale)) + 0) * scale);
  }
  const scale = r(high / r(steps));
  // A code is an integer: adding 0 turns the −0 of rounding into 0.
  return r((roundHalfEven(r(clip(grid === "narrow" ? -high : 0, high) / scale)) + 0) * scale);
}

function run([x, q, high, low]: readonly Tensor[], { grid, mode, axis }: FakeQuantAttributes): Tensor[] {
  const r: Rounding = x!.dtype === "float32" ? Math.fround : (value) => value;
  const bits = numbers(q!)[0]!;
  const channelDims = x!.dims.map((dim, i) => (i === axis ? dim : 1));
  const index = axis < 0 ? new Int32Array(sizeOf(x!.dims)) : broadcastIndices(channelDims, x!.dims);
  const highs = numbers(high!);
  const lows = low === undefined ? undefined : numbers(low);
  const floor = Math.floor(bits);
  const part = r(bits - floor);
  const out = Float64Array.from(numbers(x!), (value, i) => {
    const at = (width: number) => quantiseElement(value, width, highs[index[i]!]!, lows?.[index[i]!] ?? 0, grid, r);
    if (mode === "real") return at(bits);
    if (mode === "round") return at(roundHalfEven(bits));
    const lower = at(floor);
    return r(lower + r(part * r(at(floor + 1) - lower)));
  });
  return [fromNumbers(x!.dtype, x!.dims, out)];
}

const x = f32([2, 3], [0.31, -0.72, 0.055, 0.93, -1.4, 0.48]);
const q = (bits: number) => scalar("float32", bits);

export const FakeQuant = operator("FakeQuant", {
  domain: "femto",
  since: 1,
  arity: [3, 4],
  attributes: {
    grid: text("narrow", "unsigned", "affine"),
    mode: text("frac", "real", "round"),
    axis: int(-1),
    container: int(8),
    bit_gradient: text("exact", "naive"),
    range_gradient: text("lsq", "pact"),
  },
  shape: sameShape,
  run: (inputs, at) => run(inputs, at as FakeQuantAttributes),
  gradient: (g, inputs, [dy], at) => fakeQuantGradient(g, inputs, dy!, at as FakeQuantAttributes),
  body: (g, [input, bits, high, low], at) => [quantise(g, input!, bits!, high!, low, at as FakeQuantAttributes).output],
  work: elementwise({ multiply: 1, round: 1, compare: 2 }),
  tolerance: 0,
  examples: [
    {
      name: "narrow, ternary at two bits",
      inputs: [x, q(2), scalar("float32", 1)],
      attributes: { mode: "round" },
      expected: [f32([2, 3], [0, -1, 0, 1, -1, 0])],
      gradientOf: [],
    },
    // The derivative in q is exact in frac mode; in x and in the range it is straight-through and has tests of its own.
    { name: "frac between 3 and 4 bits", inputs: [x, q(3.25), scalar("float32", 1)], gradientOf: [1] },
    {
      name: "unsigned",
      inputs: [x, q(2.5), scalar("float32", 0.9)],
      attributes: { grid: "unsigned" },
      gradientOf: [1],
    },
    {
      name: "affine with a rounded zero point",
      inputs: [x, q(4.25), scalar("float32", 1.1), scalar("float32", -0.6)],
      attributes: { grid: "affine" },
      gradientOf: [1],
    },
    { name: "real levels", inputs: [x, q(3.5), scalar("float32", 1)], attributes: { mode: "real" }, gradientOf: [] },
    {
      name: "a range for each channel",
      inputs: [x, q(3.5), f32([3], [0.5, 1.5, 0.3])],
      attributes: { axis: 1 },
      gradientOf: [1],
    },
  ],
});
