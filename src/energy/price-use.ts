/** @file The prices that a bill uses, each with what it rests on. */

import type { Machine, Range } from "../machines/index.ts";
import type { BillRow } from "./bill.ts";

export interface PriceUse {
  readonly id: string;
  /** In the bill's unit, per operation, bit, event, or cycle of static power. */
  readonly energy: Range;
  readonly per: "operation" | "bit" | "event" | "cycle";
  /** As the machine file states it. */
  readonly stated: string;
  readonly nodeNm: number | undefined;
  readonly voltage: number | undefined;
  readonly source: string;
  /** Absent: the source gives no range, and low = stated = high. */
  readonly rangeSource: string | undefined;
  /** `femto:horowitz-45nm-sram8k:14` */
  readonly place: string;
}

export function pricesIn(rows: readonly BillRow[], machine: Machine): PriceUse[] {
  const used = new Set(rows.flatMap(({ terms }) => terms.map(({ price }) => price)));
  const stated = machine.components
    .flatMap(({ prices }) => prices)
    .filter(({ id }) => used.has(id))
    .map(({ id, energy, per, stated, nodeNm, voltage, source, rangeSource, line }) => ({
      id,
      energy,
      per,
      stated,
      nodeNm,
      voltage,
      source: source.text,
      rangeSource: rangeSource?.text,
      place: `${machine.origin}:${line}`,
    }));
  return [...stated, ...staticPrices(rows, machine)];
}

/** Static power is stated per component, not as a price; the chain of its first term has it per cycle. */
function staticPrices(rows: readonly BillRow[], { technology }: Machine): PriceUse[] {
  const uses = new Map<string, PriceUse>();
  for (const { chain } of rows.flatMap(({ terms }) => terms.filter(({ cause }) => cause === "leakage"))) {
    const { id, energy, stated, place } = chain.price;
    const { nodeNm, voltage } = technology;
    const { source, rangeSource } = chain;
    uses.set(id, { id, energy, per: "cycle", stated, nodeNm, voltage, source, rangeSource, place });
  }
  return [...uses.values()];
}
