/**
 * @file Learned bit-widths: q = q_min + (q_max − q_min)·σ(q̃), EQAT equations 13 and 14. The logit q̃ is what training
 * moves; both ends are out of reach, since there σ has no slope.
 */

import { fail } from "../base/errors.ts";

export interface BitRange {
  /** ≥ 1. */
  readonly min: number;
  /** ≤ 16. */
  readonly max: number;
}

/** How near to an end of the range a start may lie: dq/dq̃ is 0.05 there, and next to nothing beyond (sheet, gap 11). */
const MARGIN = 0.05;

/** @throws FemtoError `option.range` unless 1 ≤ min < max ≤ 16 */
export function checkBitRange({ min, max }: BitRange): void {
  if (!(min >= 1 && min < max && max <= 16)) {
    fail({
      code: "option.range",
      message: "the range of bit-widths is impossible",
      expected: "1 ≤ q_min < q_max ≤ 16",
      got: `q_min ${min}, q_max ${max}`,
    });
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** q of q̃ (eq. 13). */
export const bitsOfLogit = (logit: number, { min, max }: BitRange): number => min + (max - min) * sigmoid(logit);

/** dq/dq̃ = (q_max − q_min)·σ·(1 − σ) (eq. 14). */
export function bitsSlope(logit: number, { min, max }: BitRange): number {
  const s = sigmoid(logit);
  return (max - min) * s * (1 - s);
}

/** q̃ of q. @throws FemtoError `option.range` where q lies within 0.05 of an end, or outside */
export function logitOfBits(q: number, range: BitRange): number {
  checkBitRange(range);
  const { min, max } = range;
  if (!(q > min + MARGIN && q < max - MARGIN)) {
    fail({
      code: "option.range",
      message: "the initial bit-width cannot be learned from",
      expected: `more than ${min + MARGIN} and less than ${max - MARGIN}`,
      got: `${q}`,
      hint: "the sigmoid has no slope at the ends of the range: with q_max = 8, start at 7.5",
    });
  }
  return Math.log((q - min) / (max - q));
}
