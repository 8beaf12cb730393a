/**
 * @file The exponential of I-ViT in integers (arXiv 2207.01405; QuWeiT sheet M7): x ≤ 0 counts in steps of 1/unit, and
 * exp is a power of two by shifts, eˣ = 2^(x·log₂e) with log₂e ≈ 1 + 1/2 − 1/16, linear between whole powers.
 * The result is scaled by unit·2^depth; the least power kept is 2^−depth.
 */

import { fail } from "../base/errors.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "./emit.ts";

/** The largest sum, and the constant that is divided by it. */
export const WHOLE = 2 ** 31 - 1;

/** Codes that stand for 1.0 under `scale`, rounded up: I-ViT's −x₀ = −⌊−1/S⌋ in float32. Shiftmax takes that of S, ShiftGelu that of 1.702·S. */
export const unitOf = (scale: number): number => Math.ceil(Math.fround(1 / Math.fround(scale)));

export interface ShiftAttributes {
  readonly bits: number;
  readonly unit: number;
  readonly depth: number;
}

/** @throws FemtoError `attribute.range`: beyond these bounds the integers of the body would no longer be exact */
export function checkShift({ bits, unit, depth }: ShiftAttributes): void {
  within("bits", bits, 2, 16);
  within("unit", unit, 1, 2 ** 24);
  within("depth", depth, 1, 24);
}

/** Refuses an integer attribute outside `least` … `most`. @throws FemtoError `attribute.range` */
export function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  fail({
    code: "attribute.range",
    where: `attribute ${name}`,
    message: "is out of range",
    expected: `an integer from ${least} to ${most}`,
    got: `${value}`,
  });
}

/** unit·2^depth·e^(x/unit), rounded down, for x ≤ 0. */
export function shiftExponential(x: number, { unit, depth }: ShiftAttributes): number {
  const log2 = Math.max(x + Math.floor(x / 2) - Math.floor(x / 16), -depth * unit);
  const halvings = Math.floor(log2 / -unit);
  const rest = log2 + unit * halvings;
  return Math.floor(((rest + 2 * unit) * 2 ** (depth - halvings)) / 2);
}

/** The share e/sum in codes of `bits` bits: 2^(bits−1) would be 1. */
export const shareOf = (e: number, sum: number, { bits }: ShiftAttributes): number =>
  Math.floor((e * Math.floor(WHOLE / Math.min(sum, WHOLE))) / 2 ** (32 - bits));

/** ⌊a / by⌋ of int64 values, for a positive constant. */
export function floorDivide(g: Emit, a: Value, by: number): Value {
  const divisor = g.scalar("int64", by);
  return g.div(g.sub(a, g.op("Mod", [a, divisor])), divisor);
}

/** `shiftExponential` on int64 values. */
export function emitShiftExponential(g: Emit, x: Value, { unit, depth }: ShiftAttributes): Value {
  const c = (value: number) => g.scalar("int64", value);
  const log2 = g.op("Max", [g.sub(g.add(x, floorDivide(g, x, 2)), floorDivide(g, x, 16)), c(-depth * unit)]);
  // Both are ≤ 0, so that truncation is rounding down.
  const halvings = g.div(log2, c(-unit));
  const rest = g.add(log2, g.mul(halvings, c(unit)));
  const powers = g.ints(Array.from({ length: depth + 1 }, (_, i) => 2 ** (depth - i)));
  return floorDivide(g, g.mul(g.add(rest, c(2 * unit)), g.op("Gather", [powers, halvings], { axis: 0 })), 2);
}

/** `shareOf` on int64 values. */
export function emitShare(g: Emit, e: Value, sum: Value, { bits }: ShiftAttributes): Value {
  const whole = g.scalar("int64", WHOLE);
  return floorDivide(g, g.mul(e, g.div(whole, g.op("Min", [sum, whole]))), 2 ** (32 - bits));
}
