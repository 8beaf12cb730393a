/**
 * @file Square roots of integers by Newton's iteration k ← ⌊(k + ⌊v/k⌋)/2⌋.
 *
 * Exact: from the power of two just above √v, at most twice too large, each step squares the error; six reach ⌊√v⌋ for
 * v < 2^53, and a step that would rise is not taken. Ten-step: I-ViT's, from 2^16 always; it cannot get below 64, so that it
 * is right only for v above about 2^20 (v = 2684 gives 77, the root is 51).
 */

import type { Value } from "../graph/value.ts";
import type { Emit } from "./emit.ts";

/** Powers of four up to 2^52. */
const POWERS = Array.from({ length: 27 }, (_, i) => 4 ** i);
const STEPS = 6;

/** ⌊√v⌋, or 1 for v = 0 (the caller divides by it); v < 2^53. */
export function integerRoot(v: number): number {
  let k = 2 ** POWERS.filter((power) => v >= power).length;
  for (let step = 0; step < STEPS; step++) k = Math.max(1, Math.min(k, Math.floor((k + Math.floor(v / k)) / 2)));
  return k;
}

/** I-ViT's root: ten steps from 2^16. */
export function tenStepRoot(v: number): number {
  let k = 2 ** 16;
  for (let step = 0; step < 10; step++) k = Math.floor((k + Math.floor(v / k)) / 2);
  return k;
}

/** `integerRoot` of int64 values whose last dimension is 1. */
export function emitIntegerRoot(g: Emit, v: Value): Value {
  const [one, two] = [g.scalar("int64", 1), g.scalar("int64", 2)];
  const digits = g.sum(g.cast(g.op("GreaterOrEqual", [v, g.ints(POWERS)]), "int64"), [-1], true);
  let k = g.op("Gather", [g.ints(Array.from({ length: POWERS.length + 1 }, (_, i) => 2 ** i)), digits], { axis: 0 });
  for (let step = 0; step < STEPS; step++) {
    const next = g.div(g.add(k, g.div(v, k)), two);
    k = g.op("Max", [g.op("Min", [k, next]), one]);
  }
  return k;
}

/** `tenStepRoot` of int64 values. */
export function emitTenStepRoot(g: Emit, v: Value): Value {
  let k = g.scalar("int64", 2 ** 16);
  for (let step = 0; step < 10; step++) k = g.div(g.add(k, g.div(v, k)), g.scalar("int64", 2));
  return k;
}
