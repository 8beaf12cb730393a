/**
 * @file Brings an accumulator to a narrower integer: clamp(round(acc · multiplier / 2^shift) + zero point).
 * Half-way cases go to the even neighbour (as ONNX rounds), or up (⌊x + ½⌋, as gemmlowp-style kernels do).
 */

import { z } from "zod";
import { bits, combinational, generator } from "../circuit.ts";
import {
  add,
  and,
  asSigned,
  bit,
  bitConstant,
  constant,
  type Expression,
  extend,
  greater,
  less,
  ModuleBuilder,
  multiply,
  mux,
  or,
  rangeOf,
  reduceOr,
  shiftRightArithmetic,
  signed,
  slice,
  typeFor,
} from "../verilog/index.ts";

export const roundings = ["half-even", "half-up"] as const;

const parameters = z.strictObject({
  accumulatorBits: bits().default(24),
  multiplier: z.int().min(1).default(1),
  shift: z.int().min(0).max(64).default(8),
  outputBits: bits(32).default(8),
  isOutputSigned: z.boolean().default(true),
  zeroPoint: z.int().default(0),
  rounding: z.enum(roundings).default("half-even"),
});
type Parameters = z.infer<typeof parameters>;

export const requantise = generator({
  id: "requantise",
  version: 1,
  summary: "y_o = clamp(round(acc_i · multiplier / 2^shift) + zeroPoint)",
  parameters,
  examples: [
    { multiplier: 181, shift: 15 },
    { multiplier: 181, shift: 15, rounding: "half-up" },
    { accumulatorBits: 12, shift: 1, outputBits: 8, isOutputSigned: false, zeroPoint: 3 },
    { accumulatorBits: 10, shift: 4, outputBits: 4 },
    { accumulatorBits: 8, shift: 0, outputBits: 4 },
  ],
  name: ({ accumulatorBits, multiplier, shift, outputBits, rounding }) =>
    `requantise_${accumulatorBits}_m${multiplier}_s${shift}_${outputBits}_${rounding.replace("-", "_")}`,
  build(given, name) {
    const { accumulatorBits, multiplier, shift, outputBits, zeroPoint } = given;
    const m = new ModuleBuilder(name);
    const acc = m.input("acc_i", signed(accumulatorBits));
    const factor = constant(multiplier, typeFor(-1n, BigInt(multiplier)));
    const product = m.wire("product", multiply(acc, factor));
    const rounded = m.wire("rounded", round(m, product, given));
    const offset = constant(zeroPoint, typeFor(-1n, BigInt(Math.abs(zeroPoint))));
    const width = Math.max(rounded.width, offset.width, outputBits + 1) + 1;
    const shifted = m.wire("shifted", add(extend(rounded, width), extend(offset, width)));
    const { least, most } = rangeOf({ width: outputBits, signed: given.isOutputSigned });
    const [low, high] = [constant(least, signed(width)), constant(most, signed(width))];
    const clamped = m.wire("clamped", mux(less(shifted, low), low, mux(greater(shifted, high), high, shifted)));
    const lowest = slice(clamped, outputBits - 1, 0);
    m.output("y_o", given.isOutputSigned ? asSigned(lowest) : lowest);
    const model = combinational(({ acc_i }) => {
      const value = roundShift(acc_i! * BigInt(multiplier), shift, given.rounding) + BigInt(zeroPoint);
      return { y_o: value < least ? least : value > most ? most : value };
    });
    return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
  },
});

/** The rounded quotient, wide enough for every value. */
function round(m: ModuleBuilder, product: Expression, { shift, rounding }: Parameters): Expression {
  if (shift === 0) return product;
  const width = Math.max(product.width, shift) + 1;
  const wide = extend(product, width);
  if (rounding === "half-up") {
    const half = constant(1n << BigInt(shift - 1), signed(width));
    return m.wire("quotient", shiftRightArithmetic(add(wide, half), shift));
  }
  const value = m.wire("wide", wide);
  const floor = m.wire("floor", shiftRightArithmetic(value, shift));
  // The dropped bits are half or more, and not exactly half with an even quotient.
  const isOdd = bit(floor, 0);
  const isMoreThanHalf = shift === 1 ? bitConstant(0) : reduceOr(slice(value, shift - 2, 0));
  const up = m.wire("up", and(bit(value, shift - 1), or(isOdd, isMoreThanHalf)));
  return m.wire("quotient", add(floor, asSigned(extend(up, width))));
}

/** round(x / 2^shift). */
export function roundShift(x: bigint, shift: number, rounding: (typeof roundings)[number]): bigint {
  if (shift === 0) return x;
  const half = 1n << BigInt(shift - 1);
  if (rounding === "half-up") return (x + half) >> BigInt(shift);
  const floor = x >> BigInt(shift);
  const rest = x - (floor << BigInt(shift));
  return rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor;
}
