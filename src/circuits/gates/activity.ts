/** @file What switched: toggles per net over a number of transitions, and what capacitance each net is taken to have. */

import { fanOuts, type Netlist } from "../netlist/netlist.ts";

/**
 * `zero`: settled values are compared, glitches are not seen. `unit`: every gate takes one time step, and every change is counted.
 */
export type DelayModel = "zero" | "unit";

/** Counts of one run of one netlist. */
export interface Activity {
  readonly delay: DelayModel;
  /** Input transitions or clock cycles that were applied. */
  readonly transitions: number;
  /** Changes per net, summed over the transitions. */
  readonly toggles: Float64Array;
  /** Per net, after how many transitions it settled at 1; undefined where that was not counted. */
  readonly high: Float64Array | undefined;
}

/** Relative capacitance per net. */
export type Weights = Float64Array;

/** c_n = 1 + 0.5·fanout_n: the relative capacitance of a net and the pins it drives. */
export const fanOutWeights = (netlist: Netlist): Weights =>
  Float64Array.from(fanOuts(netlist), (fanOut) => 1 + 0.5 * fanOut);

/** Every change of a gate's or flip-flop's output counts the same; input ports are somebody else's outputs. */
export function cellWeights(netlist: Netlist): Weights {
  const weights = new Float64Array(netlist.netNames.length);
  for (const { output } of netlist.gates) weights[output] = 1;
  for (const { q } of netlist.flipFlops) weights[q] = 1;
  return weights;
}

/** Σ_n c_n·toggles_n, without unit. */
export function weigh(toggles: ArrayLike<number>, weights: Weights): number {
  let sum = 0;
  for (let net = 0; net < weights.length; net++) sum += weights[net]! * toggles[net]!;
  return sum;
}

/** Σ_n toggles_n. */
export const totalToggles = (activity: Activity): number => activity.toggles.reduce((sum, count) => sum + count, 0);
