/**
 * @file PowerPruning's step on timing and voltage (Petri et al., DAC 2023, arXiv 2303.13997) [reconstructed]: weights with which a
 * multiply-accumulate settles late are left out, and the supply is lowered until what is left takes as long as everything did.
 * Energy goes with V². Its (a)–(c), the choice by energy and the training, are in `baselines.ts`.
 */

import { fail } from "../../base/errors.ts";
import type { WeightDelays } from "../../circuits/characterise/index.ts";
import { checkValueSet } from "./value-set.ts";

/** Delay ∝ V/(V − V_t)^α (Sakurai and Newton, alpha-power law, IEEE JSSC 25(2), 1990); the figures are assumed. */
export interface Supply {
  /** Volts at which the unit meets its clock with all weights. */
  readonly nominal: number;
  readonly threshold: number;
  readonly alpha: number;
  /** Below it nothing is lowered: memories and margins set an end. */
  readonly least: number;
}

export const defaultSupply: Supply = { nominal: 0.9, threshold: 0.35, alpha: 1.3, least: 0.5 };

/** By which of the two lengths of path weights are judged: of drawn transitions, or guaranteed by the netlist. */
export type DelayKind = "longest" | "bound";

const delayOf = (delays: WeightDelays, kind: DelayKind, weight: number): number =>
  delays[kind][weight + 2 ** (delays.weightBits - 1)]!;

/**
 * The values that settle within `most` gates.
 * @throws FemtoError `lws.timing` where 0 is late; `lws.set` where fewer than three values are left
 */
export function timedSet(values: readonly number[], delays: WeightDelays, most: number, kind: DelayKind): number[] {
  const sorted = checkValueSet(values, delays.weightBits);
  refuseLateZero(delayOf(delays, kind, 0), most);
  const kept = sorted.filter((value) => delayOf(delays, kind, value) <= most);
  return checkValueSet(kept, delays.weightBits, `values within ${most} gates`);
}

/**
 * Which values settle within a share of the longest time that any value takes on the same transitions.
 * @throws FemtoError `lws.timing` where 0 is late
 */
export function settlesWithin(delays: WeightDelays, share: number): (value: number) => boolean {
  const most = Math.floor(share * Math.max(...delays.longest.subarray(1)));
  refuseLateZero(delayOf(delays, "longest", 0), most);
  return (value) => delayOf(delays, "longest", value) <= most;
}

function refuseLateZero(zero: number, most: number): void {
  if (zero <= most) return;
  fail({
    code: "lws.timing",
    where: "set",
    message: "a weight of zero settles too late: the partial sum alone takes longer",
    expected: `at least ${zero} gates`,
    got: String(most),
  });
}

/** The longest path of a set, in gates. */
export const setDelay = (values: readonly number[], delays: WeightDelays, kind: DelayKind): number =>
  Math.max(...values.map((value) => delayOf(delays, kind, value)));

export interface Lowered {
  readonly volts: number;
  /** (V/V₀)²: what is left of every dynamic energy on this supply. */
  readonly energy: number;
}

/**
 * The supply at which a path of `now` gates takes as long as one of `before` does at the nominal one.
 * @throws FemtoError `lws.supply`
 */
export function loweredSupply(before: number, now: number, supply: Supply = defaultSupply): Lowered {
  const { nominal, threshold, alpha, least } = supply;
  if (!(threshold >= 0 && least > threshold && nominal >= least && alpha >= 1 && alpha <= 2 && now > 0)) {
    const expected = "0 ≤ threshold < least ≤ nominal, 1 ≤ alpha ≤ 2, paths of at least one gate";
    const got = JSON.stringify({ ...supply, now });
    fail({ code: "lws.supply", where: "supply", message: "no supply of a circuit", expected, got });
  }
  const slowness = (volts: number) =>
    (volts / (volts - threshold) ** alpha) * ((nominal - threshold) ** alpha / nominal);
  const slack = Math.max(1, before / now);
  let [low, high] = [least, nominal];
  // Slowness falls with the voltage.
  if (slowness(low) <= slack) high = low;
  else
    for (let i = 0; i < 60; i++)
      if (slowness((low + high) / 2) > slack) low = (low + high) / 2;
      else high = (low + high) / 2;
  return { volts: high, energy: (high / nominal) ** 2 };
}

/** What a report says of a trained row. */
export interface RowTiming {
  readonly share: number;
  readonly supply: Supply;
  readonly stimulus: string;
  readonly paths: readonly {
    readonly kind: "sensitised" | "guaranteed";
    readonly gates: { readonly before: number; readonly after: number };
    readonly volts: number;
    readonly energy: number;
    readonly saving: number;
  }[];
}

/**
 * @param before delays of all values on the network that the row starts from
 * @param after those of the row's own, on its own traces
 * @param values that the row's weights have
 * @param saving of switching, at the nominal supply
 */
export function timingOf(
  { share, ...supply }: Supply & { readonly share: number },
  before: WeightDelays,
  after: WeightDelays,
  values: readonly number[],
  saving: number,
): RowTiming {
  const paths = (["longest", "bound"] as const).map((kind) => {
    // −128 is no weight.
    const [was, is] = [Math.max(...before[kind].subarray(1)), setDelay(values, after, kind)];
    const { volts, energy } = loweredSupply(was, is, supply);
    const name = kind === "longest" ? ("sensitised" as const) : ("guaranteed" as const);
    return { kind: name, gates: { before: was, after: is }, volts, energy, saving: 1 - (1 - saving) * energy };
  });
  return { share, supply, stimulus: after.stimulus, paths };
}
