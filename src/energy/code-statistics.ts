/** @file What follows from the histogram of a value's codes: means, set bits, and the spikes that would say the same. */

import { fail } from "../base/errors.ts";
import type { Histogram, ValueActivity } from "./activity.ts";
import { endsOf } from "./code-tally.ts";

/** Calls back with every code that occurs and its share. */
function eachCode({ least, counts }: Histogram, visit: (code: number, share: number) => void): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  counts.forEach((count, i) => {
    if (count > 0) visit(least + i, count / total);
  });
}

/** Activations of a spiking layer's twin, as shares of neurons and steps. */
export interface SpikeStatistics {
  /** E[q] of q ∈ {0 … T}. */
  readonly mean: number;
  /** a = P(q > 0). */
  readonly active: number;
  /** sr = E[q]/T. */
  readonly spikeRate: number;
  /** E[popcount(q)]. */
  readonly onesPerActivation: number;
  /** Share of neurons that fire in each step, when each fires its q spikes one after the other from the first step. */
  readonly eventsPerStep: readonly number[];
}

/**
 * The spikes that T steps need for a value's codes. Codes count from the one that stands for zero; the greatest code of the
 * grid fires at all T steps, and what lies between is brought to T + 1 levels, half upwards as a membrane that starts at
 * θ/2 rounds. With T = 2^b − 1 a code of b bits is its number of spikes. What is below zero does not fire.
 * @throws FemtoError `energy.activity` for a value without a histogram of codes
 */
export function spikesOf(value: ValueActivity, steps: number, name = "value"): SpikeStatistics {
  const { codes } = value;
  if (codes?.histogram === undefined) {
    fail({
      code: "energy.activity",
      where: name,
      message: "spikes are counted from codes, and it has no histogram of codes",
      expected: "a value measured on a grid of at most 16 bits",
    });
  }
  const { zero } = codes;
  const levels = endsOf(codes)[1] - zero;
  let [mean, active, onesPerActivation] = [0, 0, 0];
  const eventsPerStep = new Array<number>(steps).fill(0);
  eachCode(codes.histogram, (code, share) => {
    const spikes = code <= zero ? 0 : Math.floor(((code - zero) * steps) / levels + 0.5);
    if (spikes === 0) return;
    mean += share * spikes;
    active += share;
    onesPerActivation += share * popcount(spikes);
    for (let step = 0; step < spikes; step++) eventsPerStep[step]! += share;
  });
  return { mean, active, spikeRate: mean / steps, onesPerActivation, eventsPerStep };
}

function popcount(value: number): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest &= rest - 1) ones++;
  return ones;
}
