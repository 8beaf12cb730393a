/**
 * @file The constants that the comparison of a spiking network with its quantised twin pays: plain data, each with its
 * unit and its source. The equations take them as an argument; they hold for any machine that states them.
 */

import { fail } from "../../base/errors.ts";
import type { Range } from "../../machines/index.ts";

/** What each constant pays for, behind the base unit (`pJ`, or what a machine's ratios are multiples of). */
export const spikingUnits = {
  /** One addition of a weight to a membrane or a partial sum, E_ACC. */
  accumulate: "",
  /** One multiply-accumulate of weight and activation, E_MAC. */
  multiplyAccumulate: "",
  /** One comparison with a threshold, E_CMP. */
  compare: "",
  /** One subtraction: the reset of a neuron that fires, E_SUB. */
  subtract: "",
  /** A bit of a weight out of its memory, E_W. */
  weightBit: "/bit",
  /** A bit of a membrane into or out of its memory. */
  stateBit: "/bit",
  /** A bit of a dense transfer over one hop, E_D. */
  denseBit: "/bit/hop",
  /** An event (an address, sent where something is not zero) over one hop, E_S. */
  sparseEvent: "/event/hop",
} as const;

export type SpikingPriceName = keyof typeof spikingUnits;
export const spikingPriceNames = Object.keys(spikingUnits) as readonly SpikingPriceName[];

export interface SpikingPrice {
  readonly energy: Range;
  /** `pJ/event/hop`; the base unit is the same for all constants of a list. */
  readonly unit: string;
  readonly source: string;
  /** Constants of one id come from one figure and vary together; without it a constant varies alone. */
  readonly id?: string;
}

/** Movement through the worst place there is, such as a DRAM; for the preset `worst-case`. */
export interface WorstMovement {
  readonly denseBit: SpikingPrice;
  readonly sparseEvent: SpikingPrice;
}

/** A list of constants. JSON-serialisable. */
export interface SpikingPrices {
  readonly name: string;
  /** `pJ`, or what the figures are multiples of. */
  readonly unit: string;
  readonly prices: Readonly<Record<SpikingPriceName, SpikingPrice>>;
  readonly worstMovement?: WorstMovement;
}

/** One figure a constant: a point of the box that the ranges span. */
export type PricePoint = Readonly<Record<SpikingPriceName, number>>;

/** The stated figures, or all low, or all high ones. */
export const pointOf = ({ prices }: SpikingPrices, end: keyof Range = "mid"): PricePoint =>
  Object.fromEntries(spikingPriceNames.map((name) => [name, prices[name].energy[end]])) as Record<
    SpikingPriceName,
    number
  >;

/** The same list with some constants replaced by figures, whose source says so. */
export function withPrices(list: SpikingPrices, figures: Partial<PricePoint>, source: string): SpikingPrices {
  const changed = Object.entries(figures).map(([name, mid]) => {
    const { unit } = list.prices[name as SpikingPriceName];
    return [name, { energy: { lo: mid, mid, hi: mid }, unit, source }] as const;
  });
  return checkSpikingPrices({ ...list, prices: { ...list.prices, ...Object.fromEntries(changed) } });
}

/**
 * Holds a list against what the equations need, and returns it.
 * @throws FemtoError `energy.prices` for a constant that is missing, negative, or without its unit or a source
 */
export function checkSpikingPrices(list: SpikingPrices): SpikingPrices {
  const check = (name: SpikingPriceName, price: SpikingPrice | undefined, place: string) => {
    const where = `${list.name} › ${place}`;
    const unit = list.unit + spikingUnits[name];
    if (price === undefined) {
      return fail({ code: "energy.prices", where, message: "the constant is missing", expected: `a price in ${unit}` });
    }
    if (price.unit !== unit) {
      fail({
        code: "energy.prices",
        where,
        message: "the unit is not that of the constant",
        expected: unit,
        got: `${price.unit}`,
      });
    }
    if (typeof price.source !== "string" || price.source.trim() === "") {
      fail({
        code: "energy.prices",
        where,
        message: "a constant without a source is no evidence",
        expected: "source: a citation",
      });
    }
    const { lo, mid, hi } = price.energy;
    if (!(lo >= 0 && lo <= mid && mid <= hi && hi < Infinity)) {
      fail({
        code: "energy.prices",
        where,
        message: "the energy is not a range",
        expected: "0 ≤ lo ≤ mid ≤ hi",
        got: `${lo}, ${mid}, ${hi}`,
      });
    }
  };
  for (const name of spikingPriceNames) check(name, list.prices?.[name], name);
  for (const name of ["denseBit", "sparseEvent"] as const) {
    if (list.worstMovement !== undefined) check(name, list.worstMovement[name], `worst ${name}`);
  }
  return list;
}
