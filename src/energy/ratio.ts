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
 * The ratio of two totals with its range. A ratio of two sums that are linear in the prices takes its extremes at
 * corners of the box of prices, so all corners are tried; a price that both share moves in both. Corners at which nothing costs anything say nothing.
 */
export function ratioOf(
  above: ReadonlyMap<string, number>,
  below: ReadonlyMap<string, number>,
  uses: readonly Priced[],
): Range {
  const prices = [...new Map(uses.map((use) => [use.id, use.energy])).entries()];
  const total = (paid: ReadonlyMap<string, number>, at: (price: Range, i: number) => number) =>
    prices.reduce((sum, [id, price], i) => sum + (paid.get(id) ?? 0) * at(price, i), 0);
  const share = (at: (price: Range, i: number) => number) => {
    const under = total(below, at);
    return total(above, at) / under;
  };
  const corners = Array.from({ length: 2 ** prices.length }, (_, corner) =>
    share((price, i) => ((corner >> i) % 2 === 0 ? price.lo : price.hi)),
  ).filter(Number.isFinite);
  return { lo: Math.min(...corners), mid: share(({ mid }) => mid), hi: Math.max(...corners) };
}
