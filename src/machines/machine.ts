/** @file Machine: described hardware. Components with prices per action; every price knows its unit, technology and source. */

import type { MachineMapping } from "./mapping.ts";
import type { Citation, Price } from "./price.ts";
import type { Range } from "./range.ts";

/** How the price of a multiplication changes with the widths of its operands (energy sheet, "Bit-width scaling"). */
export type MacScaling =
  /** ∝ q_w·q_a: an array multiplier built for the width. */
  | { readonly kind: "quadratic" }
  /** ∝ (q_w + q_a)/2: a bit-serial multiplier. */
  | { readonly kind: "linear" }
  /** A multiplier of the quoted width whatever the operands. */
  | { readonly kind: "none" }
  /** ∝ q_w·q_a, each rounded up to a width that the hardware has. */
  | { readonly kind: "set"; readonly widths: readonly number[] };

/** What a memory may be home to. */
export const holdings = ["weights", "activations", "partial sums", "state"] as const;
export type Holding = (typeof holdings)[number];

/** Power that is paid by the second, whatever the component does; of one instance. */
export interface StaticPower {
  readonly leakageMw: Range | undefined;
  /** Clocked but doing nothing, where a data sheet states it. */
  readonly idleMw: Range | undefined;
  readonly source: Citation;
  readonly rangeSource: Citation | undefined;
  readonly note: string | undefined;
  readonly line: number;
}

export interface Area {
  /** Of one instance. */
  readonly mm2: number;
  readonly source: Citation;
}

interface ComponentFields {
  readonly name: string;
  readonly prices: readonly Price[];
  /** Instances of it in the machine; prices, leakage and area are of one. */
  readonly count: number;
  readonly staticPower: StaticPower | undefined;
  readonly area: Area | undefined;
  readonly line: number;
}

export interface Arithmetic extends ComponentFields {
  readonly class: "arithmetic";
  readonly scaling: MacScaling;
  /** An operation with an operand of zero is not done and not paid. */
  readonly zeroGating: boolean;
}

export interface Memory extends ComponentFields {
  readonly class: "registers" | "sram" | "dram" | "flash";
  /** Of one instance. */
  readonly sizeBytes: number | undefined;
  /** Kind of DRAM (`lpddr4`); prices differ by a factor of 18 between kinds. */
  readonly dram: string | undefined;
  /** What the trivial placement finds here. */
  readonly holds: readonly Holding[];
  /** Registers: what passes through them on the way to and from the units. */
  readonly serves: readonly Holding[];
  /** Names of the memories behind which it stands: they are filled from it, and spill into it. */
  readonly backs: readonly string[];
  /** Bits per cycle. */
  readonly bandwidthBits: { readonly read: number; readonly write: number } | undefined;
  /** Accesses are billed in multiples of so many bits; 1 where the file says nothing. */
  readonly granuleBits: number;
  /** Bits per element as stored here, where it is not the element's own width. */
  readonly packing: Readonly<Partial<Record<Holding, number>>>;
}

/** Transfers are paid per bit and hop, or per event and hop. */
export interface Network extends ComponentFields {
  readonly class: "network";
}

/** Between numbers and voltages; `convert` is paid per conversion. */
export interface Converter extends ComponentFields {
  readonly class: "converter";
  readonly direction: "adc" | "dac";
  readonly bits: number;
}

/** A table of 2^inputs entries; `read` is paid per lookup. */
export interface Lookup extends ComponentFields {
  readonly class: "lookup";
  readonly inputs: number;
}

/** Analog cells; `read` is paid per cell and multiply-accumulate, `program` per cell written. */
export interface Cell extends ComponentFields {
  readonly class: "cell";
  readonly bits: number;
}

export type Component = Arithmetic | Memory | Network | Converter | Lookup | Cell;

/** Picojoules, or multiples of some action of the machine (published ratios). */
export type EnergyUnit =
  | { readonly kind: "picojoules"; readonly label: "pJ" }
  | { readonly kind: "relative"; readonly label: string };

export interface Machine {
  readonly name: string;
  readonly title: string;
  readonly unit: EnergyUnit;
  readonly technology: { readonly nodeNm: number; readonly voltage: number | undefined };
  readonly clockMhz: number | undefined;
  readonly mapping: MachineMapping;
  readonly components: readonly Component[];
  /** File name, or `femto:NAME` for a machine that Femto brings along. */
  readonly origin: string;
  /** The YAML text it was read from. */
  readonly text: string;
}
