/**
 * @file Partial sums in groups: 2^44 transitions of 22-bit numbers are too many to characterise, so they are told apart by what matters
 * for switching. Two readings of "MSB and Hamming distance": groups of values (the default), or groups of transitions.
 */

import type { Rng } from "../../base/rng.ts";
import { popcount } from "./hamming.ts";

/** Sign, bit length of the magnitude (m = p, or ~p if negative), and whether more than about half of its bits are ones. */
export interface ValueKey {
  readonly sign: 0 | 1;
  readonly length: number;
  readonly isDense: 0 | 1;
}

const bitLength = (m: number): number => 32 - Math.clz32(m);

const isDense = (m: number): 0 | 1 => (2 * popcount(m) > bitLength(m) + 1 ? 1 : 0);

export function valueKey(p: number): ValueKey {
  const m = p < 0 ? ~p : p;
  return { sign: p < 0 ? 1 : 0, length: bitLength(m), isDense: isDense(m) };
}

/** How many numbers {@link valueGroup} tells apart at most: 2 signs, 0 … width bits, 2 densities. */
export const valueGroups = (width: number): number => 4 * (width + 1);

/** The group of a value as a number below `valueGroups(width)`: (sign, length, density) in mixed radix. */
export function valueGroup(p: number): number {
  const { sign, length, isDense: dense } = valueKey(p);
  return 4 * length + 2 * sign + dense;
}

/** A uniform draw from a group of values. */
export function drawValue(group: number, rng: Rng): number {
  const length = group >> 2;
  const dense = group & 1;
  for (;;) {
    const low = length > 1 ? rng.uint32() >>> (33 - length) : 0;
    const m = length === 0 ? 0 : 2 ** (length - 1) + low;
    if (isDense(m) === dense) return group & 2 ? ~m : m;
  }
}

/** Highest bit that changes and how many change; undefined where nothing does. */
export interface TransitionKey {
  readonly highestBit: number;
  readonly distance: number;
}

export function transitionKey(p: number, next: number, width: number): TransitionKey | undefined {
  const changed = ((p ^ next) & (2 ** width - 1)) >>> 0;
  return changed === 0 ? undefined : { highestBit: bitLength(changed) - 1, distance: popcount(changed) };
}

/** How many numbers {@link transitionGroup} tells apart at most. */
export const transitionGroups = (width: number): number => 1 + width * width;

/** 0 where nothing changes, else 1 + highestBit·width + (distance − 1). */
export function transitionGroup(p: number, next: number, width: number): number {
  const key = transitionKey(p, next, width);
  return key === undefined ? 0 : 1 + key.highestBit * width + key.distance - 1;
}

/** A uniform draw of p among all `width`-bit numbers and of the changing bits among those of the group. */
export function drawTransition(group: number, width: number, rng: Rng): [p: number, next: number] {
  const extend = (bits: number) => (bits << (32 - width)) >> (32 - width);
  const p = extend(rng.uint32());
  if (group === 0) return [p, p];
  const highestBit = Math.floor((group - 1) / width);
  let changed = 2 ** highestBit;
  // Floyd's way to draw distance − 1 of the lower bits.
  const more = (group - 1) % width;
  for (let bit = highestBit - more; bit < highestBit; bit++) {
    const drawn = 2 ** rng.below(bit + 1);
    changed += changed & drawn ? 2 ** bit : drawn;
  }
  return [p, extend(p ^ changed)];
}
