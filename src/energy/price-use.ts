/** @file The prices that a bill uses, each with what it rests on. */

import type { Machine, Price, Range } from "../machines/index.ts";
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
  /** How the figure was brought to this node; absent where it was quoted for it. */
  readonly scaled: string | undefined;
  readonly note: string | undefined;
  /** `femto:horowitz-45nm-sram8k:14` */
  readonly place: string;
}

export function pricesIn(rows: readonly BillRow[], machine: Machine): PriceUse[] {
  const used = new Set(rows.flatMap(({ terms }) => terms.map(({ price }) => price)));
  const stated = machine.components
    .flatMap(({ prices }) => prices)
    .filter(({ id }) => used.has(id))
    .map(({ id, energy, per, stated, nodeNm, voltage, scaled, source, rangeSource, note, line }) => ({
      id,
      energy,
      per,
      stated,
      nodeNm,
      voltage,
      source: source.text,
      rangeSource: rangeSource?.text,
      scaled: scaled && scalingText(scaled),
      note,
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
    const { source, rangeSource, note } = chain;
    const scaled = undefined;
    uses.set(id, { id, energy, per: "cycle", stated, nodeNm, voltage, source, rangeSource, scaled, note, place });
  }
  return [...uses.values()];
}

/** `from 45 nm by recipe A (int8 multiply), × 0.765` */
export const scalingText = ({ recipe, fromNm, factor, row }: NonNullable<Price["scaled"]>): string =>
  `from ${fromNm} nm by recipe ${recipe}${row === undefined ? "" : ` (${row})`}, × ${Number(factor.toPrecision(4))}`;
