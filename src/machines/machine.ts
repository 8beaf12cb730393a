/** @file Machine: described hardware. Components with prices per action; every price knows its unit, technology and source. */

import { fail } from "../base/errors.ts";
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

/** What a memory may keep in the trivial placement. */
export type Holding = "weights" | "activations";

export interface Citation {
  /** Its key under `sources` in the file. */
  readonly key: string;
  readonly text: string;
}

export interface Price {
  /** `multiplier.multiply.int8`, `sram.read`. */
  readonly id: string;
  readonly component: string;
  readonly verb: string;
  /** The number format the price was quoted for; arithmetic only. */
  readonly operand: string | undefined;
  /** In the machine's energy unit, per operation or per bit. */
  readonly energy: Range;
  readonly per: "operation" | "bit";
  /** As the file states it: `10 pJ for 64 bits`. */
  readonly stated: string;
  readonly nodeNm: number | undefined;
  readonly voltage: number | undefined;
  readonly source: Citation;
  /** Where the range comes from; absent where the price has none, so that low = stated = high. */
  readonly rangeSource: Citation | undefined;
  readonly note: string | undefined;
  /** Line of the file. */
  readonly line: number;
}

interface ComponentFields {
  readonly name: string;
  readonly prices: readonly Price[];
  readonly line: number;
}

export interface Arithmetic extends ComponentFields {
  readonly class: "arithmetic";
  readonly scaling: MacScaling;
}

export interface Memory extends ComponentFields {
  readonly class: "registers" | "sram" | "dram";
  readonly sizeBytes: number | undefined;
  /** Kind of DRAM (`lpddr4`); prices differ by a factor of 18 between kinds. */
  readonly dram: string | undefined;
  readonly holds: readonly Holding[];
}

export interface Network extends ComponentFields {
  readonly class: "network";
}

export type Component = Arithmetic | Memory | Network;

/** Picojoules, or multiples of some action of the machine (published ratios). */
export type EnergyUnit =
  | { readonly kind: "picojoules"; readonly label: "pJ" }
  | { readonly kind: "relative"; readonly label: string };

export interface Machine {
  readonly name: string;
  readonly title: string;
  readonly unit: EnergyUnit;
  readonly technology: { readonly nodeNm: number; readonly voltage: number | undefined };
  readonly components: readonly Component[];
  /** File name, or `femto:NAME` for a machine that Femto brings along. */
  readonly origin: string;
  /** The YAML text it was read from. */
  readonly text: string;
}

export const isMemory = (component: Component): component is Memory =>
  component.class === "registers" || component.class === "sram" || component.class === "dram";

export const isArithmetic = (component: Component): component is Arithmetic => component.class === "arithmetic";

/** All prices, in the order of the file. */
export const pricesOf = (machine: Machine): Price[] => machine.components.flatMap(({ prices }) => prices);

/**
 * The price of one action.
 * @throws FemtoError `machine.price` with component, verb and line where the machine does not state it
 */
export function priceOf(machine: Machine, component: Component, verb: string, operand?: string): Price {
  const price = component.prices.find((entry) => entry.verb === verb && entry.operand === operand);
  if (price !== undefined) return price;
  return fail({
    code: "machine.price",
    where: `${machine.origin}:${component.line} › component ${component.name}`,
    message: `has no price for ${verb}${operand === undefined ? "" : ` of ${operand}`}`,
    expected: `a price with verb: ${verb}${operand === undefined ? "" : `, operand: ${operand}`}`,
    got: component.prices.map(({ id }) => id).join(", ") || "no prices",
    hint: "add the price with its unit and source; `femto machines show NAME` prints files to learn from",
  });
}
