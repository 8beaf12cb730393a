/**
 * @file The energy of tables whose outputs were watched. A bit that is one with probability p toggles between independent
 * samples with 2p(1 − p), a fair coin with 1/2, and prices are those of logic whose signals are fair coins
 * [reconstructed]: a table takes 4p(1 − p) of its price.
 */

import { type Range, scaled, sumOf } from "../machines/index.ts";
import type { Bill } from "./bill.ts";

/**
 * What of a bill's total is spent where bits that toggle are paid alone.
 * @param ones the share of ones of every table's output, layer after layer of tables
 */
export function toggledEnergy({ rows }: Pick<Bill, "rows">, ones: readonly ArrayLike<number>[]): Range {
  let layer = 0;
  return sumOf(
    rows.map(({ operator, energy, byCause }) => {
      const shares = operator === "femto.LutLayer" ? ones[layer++] : undefined;
      if (shares === undefined) return energy;
      const toggling =
        Array.from(shares, (p) => 4 * p * (1 - p)).reduce((sum, value) => sum + value, 0) / shares.length;
      return sumOf([energy, scaled(byCause.compute, toggling - 1)]);
    }),
  );
}
