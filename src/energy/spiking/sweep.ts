/** @file The comparison along one axis, any of them: parameters, prices, and the two ratios that the paper reports. */

import { fail } from "../../base/errors.ts";
import { compareTwin } from "./compare-twin.ts";
import { type TwinOptions, twinParameters } from "./parameters.ts";
import { type PricePoint, type SpikingPriceName, spikingPriceNames } from "./prices.ts";
import type { Branch } from "./terms.ts";

/** Numbers of the parameters that can be varied. */
const parameterAxes = [
  "steps",
  "spikeRate",
  "active",
  "weightBits",
  "twinWeightBits",
  "activationBits",
  "fanIn",
  "hops",
  "weightReuse",
  "temporalReuse",
  "membraneBits",
  "multicast",
  "onesPerActivation",
] as const;
type ParameterAxis = (typeof parameterAxes)[number];

/** η = E_S/E_D at the stated E_D; k = E_MAC/E_ACC at the stated E_ACC. */
const ratioAxes = ["eta", "k"] as const;
type RatioAxis = (typeof ratioAxes)[number];

export type PriceAxis = SpikingPriceName | RatioAxis;
export type SweepAxis = ParameterAxis | PriceAxis;
/** Is it a number of the layer, and not of the prices? */
export const isParameterAxis = (axis: SweepAxis): axis is ParameterAxis =>
  (parameterAxes as readonly string[]).includes(axis);

export const sweepAxes: readonly SweepAxis[] = [...parameterAxes, ...spikingPriceNames, ...ratioAxes];

export interface SweepPoint {
  readonly value: number;
  readonly snn: number;
  readonly qnn: number;
  readonly ratio: number;
  /** Spike rate at which both cost the same. */
  readonly breakEven: number;
  readonly branches: { readonly snn: Branch; readonly qnn: Branch };
  readonly warnings: readonly string[];
}

/** η, the figure that decides most: how much dearer an event is than a dense bit. */
export const etaOf = ({ sparseEvent, denseBit }: PricePoint): number => sparseEvent / denseBit;

/** k: how much dearer a multiply-accumulate is than an addition. */
export const kOf = ({ multiplyAccumulate, accumulate }: PricePoint): number => multiplyAccumulate / accumulate;

/**
 * One point a value, everything else as given. A rate given as a case of theorem 2 follows T and a.
 * @throws FemtoError `energy.sweep` for an axis that there is not; `energy.spiking` for a value out of range
 */
export function sweep(
  options: TwinOptions,
  prices: PricePoint,
  axis: SweepAxis,
  values: readonly number[],
): SweepPoint[] {
  checkAxis(axis);
  return values.map((value): SweepPoint => {
    const made = isParameterAxis(axis)
      ? compareTwin({ ...options, [axis]: value }, prices)
      : compareTwin(options, pricesAt(prices, axis, value));
    const { snn, qnn, ratio, breakEven, warnings } = made;
    const branches = { snn: snn.branch, qnn: qnn.branch };
    return { value, snn: snn.total, qnn: qnn.total, ratio, breakEven: breakEven.spikeRate, branches, warnings };
  });
}

/** Prices with one of them, or one of the two ratios, at a value. @throws FemtoError `energy.spiking` for a negative one */
export function pricesAt(prices: PricePoint, axis: PriceAxis, value: number): PricePoint {
  if (!(value >= 0 && value < Infinity)) {
    fail({ code: "energy.spiking", where: axis, message: "a price is not negative", got: String(value) });
  }
  if (axis === "eta") return { ...prices, sparseEvent: value * prices.denseBit };
  if (axis === "k") return { ...prices, multiplyAccumulate: value * prices.accumulate };
  return { ...prices, [axis]: value };
}

/** @throws FemtoError `energy.sweep` */
export function checkAxis(axis: string): SweepAxis {
  if ((sweepAxes as readonly string[]).includes(axis)) return axis as SweepAxis;
  return fail({ code: "energy.sweep", message: `nothing is called ${axis}`, expected: sweepAxes.join(", ") });
}

export interface Sensitivity {
  readonly price: SpikingPriceName;
  /** Break-even spike rate with the price at (1 − share) and (1 + share) of itself, all others as they are. */
  readonly low: number;
  readonly high: number;
}

/** How the break-even answers to each price alone: `sensitivity(options, prices, 0.5)`. */
export function sensitivity(options: TwinOptions, prices: PricePoint, share: number): Sensitivity[] {
  const p = twinParameters(options);
  return spikingPriceNames.map((price) => {
    const factors = [prices[price] * (1 - share), prices[price] * (1 + share)];
    const rates = sweep(p, prices, price, factors).map(({ breakEven }) => breakEven);
    return { price, low: Math.min(...rates), high: Math.max(...rates) };
  });
}
