/**
 * @file The integrate-and-fire neuron and its twin, an activation quantiser of T + 1 levels. No leak, reset by
 * subtraction, at most one spike a step, fires at V ≥ θ.
 *
 * The delay δ says how far the neuron looks ahead: before output slot t it has integrated the input slots up to
 * min(t + δ − 1, T − 1). δ = 1 streams (what pipelined hardware does), δ = T takes in all before it fires.
 */

import { fail } from "../../base/errors.ts";
import { checkSteps } from "./twin-bits.ts";

export interface NeuronOptions {
  /** θ > 0. */
  readonly threshold: number;
  /** V(0) in [0, θ): 0 rounds the twin down, θ/2 rounds it to the nearest level (a half upwards). */
  readonly start?: number;
  /** δ, 1 … T; `stream` is 1 and `accumulate` is T. */
  readonly delay?: number | "stream" | "accumulate";
}

export interface SpikeTrain {
  /** 0 or 1 for each output slot. */
  readonly spikes: Uint8Array;
  readonly count: number;
  /** What is left on the membrane: θ·count + membrane = V(0) + Σ I. */
  readonly membrane: number;
}

/**
 * Runs one neuron over the currents of T input slots, one each.
 * Exact where sums of currents are: whole numbers, as in hardware, or dyadic fractions.
 * @throws FemtoError `energy.spiking` for a threshold that is not positive, a start outside [0, θ), a delay outside 1 … T
 */
export function integrateAndFire(currents: ArrayLike<number>, options: NeuronOptions): SpikeTrain {
  const steps = checkSteps(currents.length);
  const { threshold, start, delay } = checkNeuron(options, steps);
  const spikes = new Uint8Array(steps);
  let membrane = start;
  let integrated = 0;
  let count = 0;
  for (let slot = 0; slot < steps; slot++) {
    const until = Math.min(slot + delay, steps);
    while (integrated < until) membrane += currents[integrated++]!;
    if (membrane < threshold) continue;
    spikes[slot] = 1;
    membrane -= threshold;
    count++;
  }
  return { spikes, count, membrane };
}

/** The twin's activation: q = clip(⌊(V(0) + Σ I)/θ⌋, 0, T), an integer code of ⌈log₂(T + 1)⌉ bits. */
export function twinActivation(currents: ArrayLike<number>, options: NeuronOptions): number {
  const steps = checkSteps(currents.length);
  const { threshold, start } = checkNeuron(options, steps);
  let sum = start;
  for (let slot = 0; slot < steps; slot++) sum += currents[slot]!;
  return Math.min(Math.max(Math.floor(sum / threshold), 0), steps);
}

function checkNeuron({ threshold, start = 0, delay = "accumulate" }: NeuronOptions, steps: number) {
  const slots = delay === "stream" ? 1 : delay === "accumulate" ? steps : delay;
  const refuse = (where: string, expected: string, got: number) =>
    fail({
      code: "energy.spiking",
      where,
      message: "is not a value that the neuron can have",
      expected,
      got: String(got),
    });
  if (!(threshold > 0 && threshold < Infinity)) refuse("threshold", "a positive number", threshold);
  if (!(start >= 0 && start < threshold)) refuse("start", `from 0 to below ${threshold}`, start);
  if (!(Number.isInteger(slots) && slots >= 1 && slots <= steps)) refuse("delay", `1 … ${steps}`, slots);
  return { threshold, start, delay: slots };
}
