/** @file How sure an answer is when every price may lie anywhere in its range; prices of one figure move together. */

import { Rng } from "../../base/rng.ts";
import type { Range } from "../../machines/index.ts";
import { type PricePoint, pointOf, type SpikingPriceName, type SpikingPrices, spikingPriceNames } from "./prices.ts";

export interface Variation {
  /** The answer at the stated prices, and its extremes over all corners of their ranges and over the draws. */
  readonly range: Range;
  /** Share of the draws in which the answer stays on its side of 1. */
  readonly holds: number;
  readonly samples: number;
  readonly law: "log-uniform between low and high";
}

/** Where in a list to stand: one figure for each constant. */
export type PointIn = (list: SpikingPrices) => PricePoint;

/**
 * Varies a ratio of energies with the prices: `varyPrices([list], (at) => compareTwin(options, at(list)).ratio)`. Several
 * lists are one machine's at several widths.
 */
export function varyPrices(
  lists: readonly SpikingPrices[],
  ratio: (at: PointIn) => number,
  { samples = 1000, seed = 1 } = {},
): Variation {
  const random = new Rng(seed, "spiking prices");
  const ids = [...new Set(lists.flatMap(spreadIds))];
  /** The points at which each figure lies at a share (0 low, 1 high) of its range. */
  const pointAt =
    (shares: ReadonlyMap<string, number>): PointIn =>
    (list) =>
      Object.fromEntries(
        spikingPriceNames.map((name) => {
          const share = shares.get(idIn(list, name));
          return [name, share === undefined ? list.prices[name].energy.mid : within(list.prices[name].energy, share)];
        }),
      ) as Record<SpikingPriceName, number>;
  const mid = ratio(pointOf);
  const side = Math.sign(mid - 1);
  const answers = [mid];
  for (let corner = 0; corner < 2 ** ids.length; corner++) {
    answers.push(ratio(pointAt(new Map(ids.map((id, i) => [id, (corner >> i) & 1])))));
  }
  let kept = 0;
  const draws = ids.length === 0 ? 0 : samples;
  for (let i = 0; i < draws; i++) {
    const drawn = ratio(pointAt(new Map(ids.map((id) => [id, random.uniform()]))));
    answers.push(drawn);
    if (Math.sign(drawn - 1) === side) kept++;
  }
  return {
    range: { lo: Math.min(...answers), mid, hi: Math.max(...answers) },
    holds: draws === 0 ? 1 : kept / draws,
    samples: draws,
    law: "log-uniform between low and high",
  };
}

const idIn = (list: SpikingPrices, name: SpikingPriceName): string => list.prices[name].id ?? name;

/** Ids of the figures that have a range. */
const spreadIds = (list: SpikingPrices): string[] =>
  spikingPriceNames
    .filter((name) => list.prices[name].energy.lo < list.prices[name].energy.hi)
    .map((name) => idIn(list, name));

const within = ({ lo, hi }: Range, share: number): number =>
  share === 1 ? hi : lo > 0 ? lo * (hi / lo) ** share : lo + (hi - lo) * share;
