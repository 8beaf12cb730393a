/** @file The p-norm of windows, y = (Σ |x|ᵖ)^(1/p): the pieces that LpPool, GlobalLpPool and LpNormalization share. */

import type { Value } from "../graph/value.ts";
import { dtypeOf, type Emit } from "./emit.ts";

/** (Σ |x|ᵖ)^(1/p) of numbers fed one by one. */
export const rootOf = (sum: number, p: number): number => (p === 1 ? sum : p === 2 ? Math.sqrt(sum) : sum ** (1 / p));

/** ∂(Σ |x|ᵖ)/∂x / p = sign(x)·|x|^(p − 1); the sign is made of masks, because Sign itself has no gradient. */
export function powerSlope(g: Emit, x: Value, p: number): Value {
  if (p === 2) return x;
  const zero = g.scalar(x, 0);
  const mask = (comparison: string) => g.cast(g.op(comparison, [x, zero]), dtypeOf(x));
  const sign = g.sub(mask("Greater"), mask("Less"));
  return p === 1 ? sign : g.mul(sign, g.op("Pow", [g.op("Abs", [x]), g.scalar(x, p - 1)]));
}

/** dy·y^(1 − p), with 0 where y = 0 (there the norm has a kink, and 0 is one of its subgradients). */
export function rootSlope(g: Emit, y: Value, dy: Value, p: number): Value {
  if (p === 1) return dy;
  const isZero = g.op("Equal", [y, g.scalar(y, 0)]);
  const safe = g.where(isZero, g.scalar(y, 1), y);
  const slope = p === 2 ? g.div(dy, safe) : g.mul(dy, g.op("Pow", [safe, g.scalar(y, 1 - p)]));
  return g.where(isZero, g.scalar(y, 0), slope);
}
