/** @file What one layer and its twin are: the symbols of the equations, checked, with what was assumed listed. */

import { fail } from "../../base/errors.ts";
import { averageSpikeRate, checkSteps, spikeRateBounds, twinBits } from "./twin-bits.ts";

/** How spikes carry a number: their count over T steps, or the time of at most one spike. */
export type SpikeCode = "rate" | "ttfs";

/** A multiplier of whole words, or one that adds the weight once for every one-bit of the activation (Stripes-like). */
export type TwinMultiplier = "parallel" | "bit-serial";

/**
 * Which weights the twin fetches where it sends events: those of activations that are not zero, or every one once. The
 * reference equations have the first; the published range of the break-even needs the second (docs/spiking-comparison.md).
 */
export type TwinFetch = "active" | "all";

/** Where between the bounds of theorem 2 the spike rate lies, for rates that nobody measured. */
export type SpikeRateCase = "lowest" | "average" | "highest";

export interface TwinParameters {
  /** Time steps T of the spiking network. */
  readonly steps: number;
  /** sr: mean spikes per neuron and step, 0 … 1. */
  readonly spikeRate: number;
  /** a = 1 − γ: share of the twin's activations that are not zero. */
  readonly active: number;
  /** Bits of a weight of the spiking network, b_w. */
  readonly weightBits: number;
  /** Bits of a weight of the twin. A fair comparison has them equal. */
  readonly twinWeightBits: number;
  /** Bits of an activation of the twin, b. A fair comparison has ⌈log₂(T + 1)⌉. */
  readonly activationBits: number;
  /** N: synapses of a neuron. */
  readonly fanIn: number;
  /** h: mean hops from source to destination. */
  readonly hops: number;
  /** R_w: output positions that share one fetch of a weight; 1 for a product of vector and matrix. */
  readonly weightReuse: number;
  /** r_T: time steps that share one fetch of a weight; 1 … T. */
  readonly temporalReuse: number;
  /** b_V: bits of a membrane, read and written at each step. */
  readonly membraneBits: number;
  /** Synapses that one transfer serves. The paper charges each synapse a transfer of its own, which is 1. */
  readonly multicast: number;
  readonly code: SpikeCode;
  readonly multiplier: TwinMultiplier;
  readonly twinFetch: TwinFetch;
  /** E[popcount(q)]: mean one-bits of an activation of the twin; needed by the bit-serial multiplier alone. */
  readonly onesPerActivation: number | undefined;
}

/** What a caller must say, and what they may. A rate may be given as a case of theorem 2. */
export type TwinOptions = Partial<Omit<TwinParameters, "steps" | "spikeRate" | "weightBits">> & {
  readonly steps: number;
  readonly spikeRate: number | SpikeRateCase;
  readonly weightBits: number;
};

/** The paper's defaults (γ = 0.83 calibrated, the others stated), and what makes a comparison fair. */
export const twinDefaults = {
  active: 0.17,
  fanIn: 4096,
  hops: 1,
  weightReuse: 1,
  temporalReuse: 1,
  membraneBits: 8,
  multicast: 1,
  code: "rate",
  multiplier: "parallel",
  twinFetch: "active",
} as const satisfies Partial<TwinParameters>;

/**
 * Fills in what was left out.
 * @throws FemtoError `energy.spiking` for T < 1 or no whole number, sr or a outside [0, 1], N < 1 and the like
 */
export function twinParameters(options: TwinOptions): TwinParameters {
  const { steps, weightBits, spikeRate: rate } = options;
  checkSteps(steps);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as TwinOptions;
  const active = given.active ?? twinDefaults.active;
  const within = (name: string, value: number, low: number, high: number, isWhole = false) => {
    if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return;
    refuse(name, value, `${isWhole ? "a whole number" : "a number"} from ${low} to ${high}`);
  };
  within("a (share of activations that are not zero)", active, 0, 1);
  const parameters: TwinParameters = {
    twinWeightBits: weightBits,
    activationBits: twinBits(steps),
    onesPerActivation: undefined,
    ...twinDefaults,
    ...given,
    spikeRate: typeof rate === "number" ? rate : rateOf(rate, steps, active),
  };
  within("sr (spike rate)", parameters.spikeRate, 0, 1);
  within("weight bits", parameters.weightBits, 1, 64, true);
  within("weight bits of the twin", parameters.twinWeightBits, 1, 64, true);
  within("activation bits", parameters.activationBits, 1, 64, true);
  within("N (fan-in)", parameters.fanIn, 1, Infinity);
  within("h (hops)", parameters.hops, 0, Infinity);
  within("Rw (weight reuse)", parameters.weightReuse, 1, Infinity);
  within("rT (temporal reuse)", parameters.temporalReuse, 1, steps);
  within("membrane bits", parameters.membraneBits, 0, 1024);
  within("multicast", parameters.multicast, 1, Infinity);
  if (parameters.multiplier === "bit-serial") {
    if (parameters.onesPerActivation === undefined) {
      refuse("E[popcount(q)]", "nothing", "the mean one-bits of an activation, which a bit-serial multiplier pays for");
    }
    within("E[popcount(q)]", parameters.onesPerActivation, 0, parameters.activationBits);
  }
  return parameters;
}

function rateOf(rate: SpikeRateCase, steps: number, active: number): number {
  const { low, high } = spikeRateBounds(steps, active);
  const cases = { lowest: low, average: averageSpikeRate(steps, active), highest: high };
  return Object.hasOwn(cases, rate)
    ? cases[rate]
    : refuse("sr (spike rate)", rate, "a number, or lowest, average, highest");
}

function refuse(name: string, got: unknown, expected: string): never {
  return fail({
    code: "energy.spiking",
    where: name,
    message: "is not a value that the equations know",
    expected,
    got: String(got),
  });
}
