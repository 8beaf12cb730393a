/** @file The spike rate at which a spiking layer and its twin cost the same, and where else the balance tips. */

import { fail } from "../../base/errors.ts";
import { type TwinOptions, type TwinParameters, twinParameters } from "./parameters.ts";
import type { PricePoint } from "./prices.ts";
import { type Branch, qnnEnergy, snnAt, snnEnergy } from "./terms.ts";

export interface BreakEven {
  /** Spikes per neuron and step below which the spiking layer wins; 1 where it always does, 0 where it never does. */
  readonly spikeRate: number;
  /** The same per inference: T·sr for a rate code, the share of neurons that fire for a single spike. */
  readonly events: number;
  readonly wins: "always" | "never" | "below";
  /** How the spiking layer moves its spikes there. */
  readonly branch: Branch;
}

/** Halvings of [0, 1] that leave no bit to decide. */
const HALVINGS = 60;

/**
 * The spiking layer's energy never falls with its spikes, so halving finds the one crossing. The twin stays as it is.
 * @throws FemtoError `energy.spiking`
 */
export function breakEven(options: TwinOptions, prices: PricePoint): BreakEven {
  const p = twinParameters(options);
  const most = p.code === "ttfs" ? 1 : p.steps;
  const qnn = qnnEnergy(p, prices).total;
  const wins = (share: number) => snnAt(p, share * most, prices).total <= qnn;
  const found = (share: number, wins: BreakEven["wins"]): BreakEven => ({
    spikeRate: (share * most) / p.steps,
    events: share * most,
    wins,
    branch: snnAt(p, share * most, prices).branch,
  });
  if (wins(1)) return found(1, "always");
  if (!wins(0)) return found(0, "never");
  return found(halve(wins), "below");
}

/** The largest share, to the last bit, at which `holds`, which is true at 0 and turns false once. */
function halve(holds: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The break-even in closed form where spikes travel as events:
 *
 *   sr* = (E_QNN − n₀) / (T·(E_ACC + E_W·b_w/(r_T·R_w) + E_S·h + E_SUB/N)),   n₀ = T·(E_CMP + 2·b_V·E_W)/N
 *
 * It is the break-even only where the sparse way is the cheaper one at sr*; `breakEven` decides.
 */
export function sparseBreakEven(options: TwinOptions, prices: PricePoint): number {
  const p: TwinParameters = twinParameters(options);
  const idle = (p.steps * (prices.compare + 2 * p.membraneBits * prices.stateBit)) / p.fanIn;
  const perEvent =
    prices.accumulate +
    (prices.weightBit * p.weightBits) / (p.temporalReuse * p.weightReuse) +
    (prices.sparseEvent * p.hops) / p.multicast +
    prices.subtract / p.fanIn;
  return (qnnEnergy(p, prices).total - idle) / (p.steps * perEvent);
}

/**
 * The rate above which a spiking layer had better send every bit than events:
 * sr = (E_D·h/m + E_W·b_w/r)/(E_S·h/m + E_W·b_w/r) with r = r_T·R_w. [source-2] at h = m = r = 1
 */
export function denseAbove(options: TwinOptions, prices: PricePoint): number {
  const p = twinParameters(options);
  const weight = (prices.weightBit * p.weightBits) / (p.temporalReuse * p.weightReuse);
  const perHop = p.hops / p.multicast;
  return (prices.denseBit * perHop + weight) / (prices.sparseEvent * perHop + weight);
}

/** Numbers of the parameters that both sides feel, along which the balance may tip more than once. */
export type ParityAxis = "hops" | "active" | "fanIn" | "weightReuse" | "multicast";

/** Parts of the interval that are looked at; two crossings within one part go unseen. */
const PARTS = 512;

/**
 * Where the two sides cost the same along one axis, in rising order. There may be several: below some distance the twin
 * sends events too, and wins again.
 */
export function parityAlong(
  options: TwinOptions,
  prices: PricePoint,
  axis: ParityAxis,
  [from, to]: readonly [number, number],
): number[] {
  if (!(from < to && to < Infinity)) {
    fail({ code: "energy.spiking", where: axis, message: "the interval is empty or endless", got: `${from} to ${to}` });
  }
  const winsAt = (value: number) => {
    const p = { ...options, [axis]: value };
    return snnEnergy(p, prices).total <= qnnEnergy(p, prices).total;
  };
  const crossings: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const at = (share: number) => from + ((to - from) * (part + share)) / PARTS;
    const atStart = winsAt(at(0));
    if (winsAt(at(1)) !== atStart) crossings.push(at(halve((share) => winsAt(at(share)) === atStart)));
  }
  return crossings;
}
