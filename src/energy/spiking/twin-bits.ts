/**
 * @file What T time steps are worth: a neuron that fires 0 … T times tells T + 1 levels apart, and so does an activation of
 * b = ⌈log₂(T + 1)⌉ bits (theorem 1). The twin of a spiking network is the quantised network of that many bits.
 */

import { fail } from "../../base/errors.ts";

/** Steps are counted exactly in a double; nobody runs more. */
const MOST_STEPS = 2 ** 30;

/** @throws FemtoError `energy.spiking` unless T is a whole number of at least one step */
export function checkSteps(steps: number): number {
  if (Number.isInteger(steps) && steps >= 1 && steps <= MOST_STEPS) return steps;
  return fail({
    code: "energy.spiking",
    where: "T",
    message: "the number of time steps is a whole number",
    expected: "1, 2, 3 …",
    got: String(steps),
  });
}

/** b = ⌈log₂(T + 1)⌉: the digits of T in base 2, counted without rounding. `twinBits(5)` is 3. */
export const twinBits = (steps: number): number => checkSteps(steps).toString(2).length;

/**
 * Theorem 2: of a neuron that fires q ∈ {0 … T} times, sr = E[q]/T and a = P(q > 0), so a/T ≤ sr ≤ a. The low end: who
 * fires at all fires once. The high end: who fires at all fires at every step.
 */
export const spikeRateBounds = (steps: number, active: number): { low: number; high: number } => ({
  low: active / checkSteps(steps),
  high: active,
});

/** The paper's average case lies in the middle of these bounds: sr = a(1/T + 1)/2. */
export function averageSpikeRate(steps: number, active: number): number {
  const { low, high } = spikeRateBounds(steps, active);
  return (low + high) / 2;
}
