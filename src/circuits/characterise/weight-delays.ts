/**
 * @file How long a multiply-accumulate takes to settle with each weight in it, in gates of unit delay: the longest of drawn transitions
 * (a lower bound of the true longest, which needs all of them) and the longest path that the weight leaves in the netlist (an
 * upper bound, sensitised or not).
 */

import { fail } from "../../base/errors.ts";
import { SettleTimer } from "../gates/settle.ts";
import { foldGate } from "../netlist/fold.ts";
import { netlistHash } from "../netlist/hash.ts";
import { levelise } from "../netlist/levelise.ts";
import { type Net, type Netlist, ONE, outputs, ZERO } from "../netlist/netlist.ts";
import { type Draws, stimulusOf } from "./draw.ts";

export interface WeightDelays {
  readonly weightBits: number;
  /** Longest sensitised path at index w + 2^(bits − 1), in gates. */
  readonly longest: Uint16Array;
  /** Longest path with the weight held, sensitised or not. */
  readonly bound: Uint16Array;
  /** Mean over the transitions. */
  readonly mean: Float64Array;
  /** Gates on the longest path of the whole netlist. */
  readonly depth: number;
  readonly netlistHash: string;
  readonly stimulus: string;
}

/**
 * @param values weights that are timed; the others keep 0 as their longest and mean
 * @throws FemtoError `characterise.ports` for netlists that are no unit with inputs a, w, p; those of `SettleTimer`
 */
export function weightDelays(netlist: Netlist, draws: Draws, values?: readonly number[]): WeightDelays {
  const weight = netlist.ports.find(({ name, direction }) => name === "w" && direction === "input");
  if (weight === undefined) {
    const got = netlist.ports.map(({ name }) => name).join(", ");
    return fail({
      code: "characterise.ports",
      where: `netlist ${netlist.name}`,
      message: "not a multiply-accumulate unit",
      expected: "inputs a, w and p",
      got,
    });
  }
  const weightBits = weight.nets.length;
  const count = 2 ** weightBits;
  const timer = new SettleTimer(netlist);
  const longest = new Uint16Array(count);
  const mean = new Float64Array(count);
  const bound = Uint16Array.from({ length: count }, (_, index) => {
    const bits = index - count / 2;
    return longestPath(netlist, new Map(weight.nets.map((net, bit) => [net, (bits >> bit) & 1 ? ONE : ZERO])));
  });
  for (const value of values ?? Array.from({ length: count }, (_, index) => index - count / 2)) {
    const index = value + count / 2;
    const times = timer.run(stimulusOf(draws, value));
    for (const time of times) {
      longest[index] = Math.max(longest[index]!, time);
      mean[index]! += time / times.length;
    }
  }
  const { depth } = timer;
  return { weightBits, longest, bound, mean, depth, netlistHash: netlistHash(netlist), stimulus: draws.description };
}

/** Gates on the longest path between inputs that move and outputs, some nets being constant. */
export function longestPath(netlist: Netlist, constants: ReadonlyMap<Net, typeof ZERO | typeof ONE>): number {
  const known = new Map(constants);
  const depth = new Uint32Array(netlist.netNames.length);
  for (const index of levelise(netlist).order) {
    const { kind, inputs, output } = netlist.gates[index]!;
    const folded = foldGate(
      kind,
      inputs.map((net) => known.get(net) ?? net),
    );
    if (folded === ZERO || folded === ONE) known.set(output, folded);
    else {
      // A gate that only passes a net on takes its unit of time all the same.
      const matter = typeof folded === "number" ? [folded] : folded.inputs;
      depth[output] = 1 + Math.max(...matter.map((net) => depth[net]!));
    }
  }
  return outputs(netlist).reduce((most, { nets }) => Math.max(most, ...nets.map((net) => depth[net]!)), 0);
}
