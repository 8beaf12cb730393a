/**
 * @file What the slots of a layer read: a fixed balanced mapping, or candidates among which it is learned. Slot
 * k·tables + j is input k of table j.
 */

import type { Rng } from "../base/rng.ts";

/** `count` members of `from`: independent random permutations, one behind another, so that uses differ by at most 1. */
function balanced(from: readonly number[], count: number, rng: Rng): number[] {
  const out: number[] = [];
  while (out.length < count) {
    for (const i of rng.permutation(from.length)) out.push(from[i]!);
  }
  return out.slice(0, count);
}

/** A fixed mapping [tables, inputs] onto the given features (QuWeiT sheet M2 [source]). */
export const randomMapping = (features: readonly number[], tables: number, inputs: number, rng: Rng): number[] =>
  balanced(features, tables * inputs, rng);

export interface Candidates {
  readonly groups: number;
  /** C, candidates of a slot. */
  readonly width: number;
  /** [groups, width] features. */
  readonly features: readonly number[];
}

/** Slots that share candidates: enough for one product a group, few enough that groups differ. */
const LONGEST_RUN = 64;

/**
 * Candidates for the slots of a layer. Runs of tables share theirs for one of their inputs, never for two inputs of the
 * same table; every feature is a candidate about equally often, never twice for one slot.
 * @param width C; all features where there are no more of them, or where it is `null`
 */
export function drawCandidates(
  features: readonly number[],
  tables: number,
  inputs: number,
  width: number | null,
  rng: Rng,
): Candidates {
  if (width === null || width >= features.length) return { groups: 1, width: features.length, features };
  let run = Math.min(LONGEST_RUN, tables);
  while (tables % run !== 0) run--;
  const groups = (tables / run) * inputs;
  const out: number[] = [];
  let pool: number[] = [];
  for (let group = 0; group < groups; group++) {
    const own = new Set<number>();
    const later: number[] = [];
    while (own.size < width) {
      if (pool.length === 0) pool = balanced(features, features.length, rng);
      const next = pool.pop()!;
      if (own.has(next)) later.push(next);
      else own.add(next);
    }
    pool.push(...later);
    out.push(...own);
  }
  return { groups, width, features: out };
}
