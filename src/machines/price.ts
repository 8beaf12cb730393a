/** @file Price: what one action costs, with unit, technology, source, and how it was brought to this node. */

import type { Recipe } from "./node-scaling.ts";
import type { Range } from "./range.ts";

export interface Citation {
  /** Its key under `sources` in the file. */
  readonly key: string;
  readonly text: string;
}

/** How a price quoted for another node was brought to the machine's. */
export interface Scaled {
  readonly recipe: Recipe;
  readonly fromNm: number;
  readonly toNm: number;
  /** The price is the quoted figure times this. */
  readonly factor: number;
  /** Recipe A: the row of the 45 → 7 nm table whose slope was used. */
  readonly row: string | undefined;
}

/** Energies per weight value, from gate-level simulation of a multiplier whose weight is held. */
export interface WeightTable {
  /** In the machine's unit. Entry i belongs to the weight i − n/2, n entries in all: −n/2 … n/2 − 1. */
  readonly weights: readonly number[];
  /** Hash of the netlist that was simulated. */
  readonly netlist: string;
  /** What was applied to its other input. */
  readonly stimulus: string;
}

export interface Price {
  /** `multiplier.multiply.int8`, `sram.read`. */
  readonly id: string;
  readonly component: string;
  readonly verb: string;
  /** The number format the price was quoted for; arithmetic only. */
  readonly operand: string | undefined;
  /** In the machine's energy unit, per operation, bit or event. With a table: its mean, lowest and highest entry. */
  readonly energy: Range;
  readonly per: "operation" | "bit" | "event";
  /** Bits that one access moves where the price is stated per access; bits of an event where they are stated. */
  readonly accessBits: number | undefined;
  /** As the file states it: `10 pJ for 64 bits`. */
  readonly stated: string;
  readonly nodeNm: number | undefined;
  readonly voltage: number | undefined;
  readonly scaled: Scaled | undefined;
  readonly table: WeightTable | undefined;
  readonly source: Citation;
  /** Where the range comes from; absent where the price has none, so that low = stated = high. */
  readonly rangeSource: Citation | undefined;
  readonly note: string | undefined;
  /** Line of the file. */
  readonly line: number;
}
