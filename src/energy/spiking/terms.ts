/**
 * @file The two sums that are compared, per synapse: what a spiking layer and its quantised twin pay for one inference.
 * [reconstructed] from the published figures of Yan et al., "Reconsidering the energy efficiency of spiking neural
 * networks" (arXiv 2409.08290), more than 20 of which they return; see docs/spiking-comparison.md.
 */

import type { TwinOptions, TwinParameters } from "./parameters.ts";
import { twinParameters } from "./parameters.ts";
import type { PricePoint } from "./prices.ts";

/** How activations travel: as events where something is not zero, or as every bit of everything. */
export type Branch = "sparse" | "dense";

/** What is paid for. */
export const spikingCauses = ["compute", "weights", "movement", "threshold", "reset", "state"] as const;
export type SpikingCause = (typeof spikingCauses)[number];

export interface SideEnergy {
  /** Energy per synapse and inference, in the unit of the prices. */
  readonly total: number;
  /** Sums to the total. Per-neuron terms are divided by N. */
  readonly terms: Readonly<Record<SpikingCause, number>>;
  /** The cheaper way to move activations, which the total pays. */
  readonly branch: Branch;
  /** Weights and movement along either way; the smaller figure is in the total. */
  readonly ways: Readonly<Record<Branch, number>>;
}

/** Spikes per neuron and inference: T·sr, or with one spike at most the share of neurons that fire. */
export const eventsOf = ({ code, steps, spikeRate, active }: TwinParameters): number =>
  code === "ttfs" ? active : steps * spikeRate;

/** Energy of the spiking layer. @throws FemtoError `energy.spiking` */
export function snnEnergy(options: TwinOptions, prices: PricePoint): SideEnergy {
  const p = twinParameters(options);
  return snnAt(p, eventsOf(p), prices);
}

/** The same as a function of the spikes per neuron and inference, in which it never falls. */
export function snnAt(p: TwinParameters, events: number, prices: PricePoint): SideEnergy {
  const weight = (prices.weightBit * p.weightBits) / (p.temporalReuse * p.weightReuse);
  return side({
    compute: events * prices.accumulate,
    // one event per spike, and one fetch
    sparse: { weights: events * weight, movement: (events * prices.sparseEvent * p.hops) / p.multicast },
    // every step one bit of every neuron, and a fetch
    dense: { weights: p.steps * weight, movement: (p.steps * prices.denseBit * p.hops) / p.multicast },
    threshold: (p.steps * prices.compare) / p.fanIn,
    reset: (events * prices.subtract) / p.fanIn,
    state: (2 * p.steps * p.membraneBits * prices.stateBit) / p.fanIn,
  });
}

/** Energy of the quantised twin. @throws FemtoError `energy.spiking` */
export function qnnEnergy(options: TwinOptions, prices: PricePoint): SideEnergy {
  const p = twinParameters(options);
  const weight = (prices.weightBit * p.twinWeightBits) / p.weightReuse;
  const bits = (p.activationBits * p.hops) / p.multicast;
  return side({
    // operands that are zero are gated
    compute:
      p.multiplier === "bit-serial" ? p.onesPerActivation! * prices.accumulate : p.active * prices.multiplyAccumulate,
    sparse: {
      weights: p.twinFetch === "active" ? p.active * weight : weight,
      movement: p.active * bits * prices.sparseEvent,
    },
    dense: { weights: weight, movement: bits * prices.denseBit },
    threshold: prices.compare / p.fanIn,
    reset: 0,
    state: 0,
  });
}

/**
 * A layer whose input is numbers and not spikes, as the first one's often is: multiply-accumulates on both sides, once;
 * what follows on the spiking side are the T steps of its neurons. `activationBits` and `active` are those of the input,
 * `spikeRate` that of the layer's own neurons.
 */
export function analogueLayer(p: TwinParameters, prices: PricePoint): { snn: SideEnergy; qnn: SideEnergy } {
  const qnn = qnnEnergy(p, prices);
  const { threshold, reset, state } = snnEnergy(p, prices).terms;
  const rest = threshold - qnn.terms.threshold + reset + state;
  return { qnn, snn: { ...qnn, total: qnn.total + rest, terms: { ...qnn.terms, threshold, reset, state } } };
}

interface Way {
  readonly weights: number;
  readonly movement: number;
}

type Parts = Omit<Record<SpikingCause, number>, "weights" | "movement"> & Readonly<Record<Branch, Way>>;

function side({ compute, sparse, dense, threshold, reset, state }: Parts): SideEnergy {
  const ways = { sparse: sparse.weights + sparse.movement, dense: dense.weights + dense.movement };
  const branch = ways.sparse < ways.dense ? "sparse" : "dense";
  const { weights, movement } = branch === "sparse" ? sparse : dense;
  const terms = { compute, weights, movement, threshold, reset, state };
  return { total: compute + ways[branch] + threshold + reset + state, terms, branch, ways };
}
