/** @file Totals as linear functions of the prices, and the range of a ratio of two of them. */

import type { Range } from "../machines/index.ts";

/** Something that pays prices: a row of a bill. */
interface Paying {
  readonly terms: readonly { readonly price: string; readonly quantity: number }[];
}

/** A price by its id. */
interface Priced {
  readonly id: string;
  readonly energy: Range;
}

/** How often each price is paid. */
export function quantities(rows: readonly Paying[]): Map<string, number> {
  const paid = new Map<string, number>();
  for (const { terms } of rows) {
    for (const { price, quantity } of terms) paid.set(price, (paid.get(price) ?? 0) + quantity);
  }
  return paid;
}

/**
 * The ratio of two totals with its range; a price that both share moves in both. A ratio of two sums that are linear in
 * the prices takes its extremes at a corner of the box of prices. Dinkelbach's iteration finds it: where the ratio
 * stands at r, the price p belongs at its upper end if above(p) > r·below(p), and the corner that follows is no worse.
 */
export function ratioOf(
  above: ReadonlyMap<string, number>,
  below: ReadonlyMap<string, number>,
  uses: readonly Priced[],
): Range {
  const prices = [...new Map(uses.map((use) => [use.id, use.energy])).entries()].map(([id, energy]) => ({
    energy,
    above: above.get(id) ?? 0,
    below: below.get(id) ?? 0,
  }));
  type Entry = (typeof prices)[number];
  const ratio = (at: (entry: Entry) => number) => {
    const total = (of: "above" | "below") => prices.reduce((sum, entry) => sum + entry[of] * at(entry), 0);
    return total("above") / total("below");
  };
  const mid = ratio(({ energy }) => energy.mid);
  const extreme = (sign: 1 | -1): number => {
    let best = mid;
    for (;;) {
      const next = ratio((entry) =>
        sign * (entry.above - best * entry.below) > 0 ? entry.energy.hi : entry.energy.lo,
      );
      // At a corner where nothing costs anything the ratio says nothing.
      if (!Number.isFinite(next) || sign * (next - best) <= 1e-15 * Math.abs(best)) return best;
      best = next;
    }
  };
  return { lo: extreme(-1), mid, hi: extreme(1) };
}
