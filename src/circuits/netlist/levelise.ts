/** @file The order in which the gates of a netlist can be evaluated, and how deep each net lies. */

import { combinationalLoop } from "./loop.ts";
import type { Net, Netlist } from "./netlist.ts";

export interface Levels {
  /** Indices into `netlist.gates`: every gate stands behind those whose outputs it reads. */
  readonly order: Uint32Array;
  /** Per net, the number of gates on the longest path to it; 0 for inputs, constants and flip-flop outputs. */
  readonly depth: Uint32Array;
}

/** Which gate drives each net; −1 for none. */
export function drivers(netlist: Netlist): Int32Array {
  const driver = new Int32Array(netlist.netNames.length).fill(-1);
  netlist.gates.forEach(({ output }, gate) => {
    driver[output] = gate;
  });
  return driver;
}

/**
 * Levels by Kahn's algorithm.
 * @throws FemtoError `netlist.loop`, with the cycle, where gates feed themselves
 */
export function levelise(netlist: Netlist): Levels {
  const { gates } = netlist;
  const driver = drivers(netlist);
  const waiting = Uint32Array.from(gates, ({ inputs }) => inputs.filter((net) => driver[net]! >= 0).length);
  const readers: number[][] = netlist.netNames.map(() => []);
  gates.forEach(({ inputs }, gate) => {
    for (const net of inputs) readers[net]!.push(gate);
  });
  const order = new Uint32Array(gates.length);
  const depth = new Uint32Array(netlist.netNames.length);
  let placed = 0;
  for (let gate = 0; gate < gates.length; gate++) if (waiting[gate] === 0) order[placed++] = gate;
  for (let next = 0; next < placed; next++) {
    const { inputs, output } = gates[order[next]!]!;
    depth[output] = 1 + inputs.reduce((deepest: number, net: Net) => Math.max(deepest, depth[net]!), 0);
    for (const reader of readers[output]!) if (--waiting[reader]! === 0) order[placed++] = reader;
  }
  if (placed < gates.length) combinationalLoop(netlist, driver, waiting);
  return { order, depth };
}
