/**
 * @file When a gate can change. With every gate taking one time step and all inputs changing at time 0, the output of a gate can
 * change at time t only if a path of exactly t gates leads to it; at all other times it need not be evaluated.
 */

import { levelise } from "../../netlist/levelise.ts";
import type { Net, Netlist } from "../../netlist/netlist.ts";

/** Per net the times at which it may change, ascending: [0] for sources that may change, [] for nets that never do. */
export type Arrivals = readonly (readonly number[])[];

/** @param sources nets that change at time 0: inputs that are not held still, and flip-flop outputs */
export function arrivals(netlist: Netlist, sources: Iterable<Net>): Arrivals {
  // Bit t of a net's set: a path of t gates leads from a source to it.
  const sets = netlist.netNames.map(() => 0n);
  for (const net of sources) sets[net] = 1n;
  for (const index of levelise(netlist).order) {
    const { inputs, output } = netlist.gates[index]!;
    sets[output] = inputs.reduce((union, net) => union | sets[net]!, 0n) << 1n;
  }
  return sets.map((set) => {
    const digits = set.toString(2);
    return [...digits.matchAll(/1/g)].map(({ index }) => digits.length - 1 - index).reverse();
  });
}
