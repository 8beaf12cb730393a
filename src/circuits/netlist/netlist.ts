/**
 * @file A netlist: single-bit nets, gates that each drive one of them, flip-flops of one clock, ports. Flat: no hierarchy,
 * no vectors inside. Nets are numbers; 0 and 1 are the constants.
 */

import type { GateKind } from "./gate-kind.ts";

/** The number of a net. */
export type Net = number;

/** The nets that never change. */
export const ZERO: Net = 0;
export const ONE: Net = 1;

export interface Gate {
  readonly kind: GateKind;
  /** One net per pin, in the order of the kind's `pins`. */
  readonly inputs: readonly Net[];
  readonly output: Net;
}

/** A net that acts when it carries `active`. */
export interface Control {
  readonly net: Net;
  readonly active: 0 | 1;
}

/** At the clock edge: q ← reset ? value : enable ? d : q. Resets are synchronous. */
export interface FlipFlop {
  readonly d: Net;
  readonly q: Net;
  readonly enable?: Control;
  readonly reset?: Control & { readonly value: 0 | 1; readonly overEnable: boolean };
  /** What q holds before the first edge; 0 where the source does not say. */
  readonly initial: 0 | 1;
}

export interface Port {
  readonly name: string;
  readonly direction: "input" | "output";
  /** Least significant bit first. */
  readonly nets: readonly Net[];
  readonly isSigned: boolean;
}

export interface Netlist {
  readonly name: string;
  /** The name of each net; its length is the number of nets. */
  readonly netNames: readonly string[];
  readonly ports: readonly Port[];
  readonly gates: readonly Gate[];
  readonly flipFlops: readonly FlipFlop[];
  /** The input port of one bit whose edge moves all flip-flops; it is no input of the combinational part. */
  readonly clock?: { readonly port: string; readonly edge: "rising" | "falling" };
}

/** Input ports whose values a stimulus gives: all but the clock. */
export const dataInputs = (netlist: Netlist): readonly Port[] =>
  netlist.ports.filter(({ name, direction }) => direction === "input" && name !== netlist.clock?.port);

export const outputs = (netlist: Netlist): readonly Port[] =>
  netlist.ports.filter(({ direction }) => direction === "output");

/** The pins of flip-flops that read nets. */
export const flipFlopInputs = ({ d, enable, reset }: FlipFlop): readonly Net[] => [
  d,
  ...(enable ? [enable.net] : []),
  ...(reset ? [reset.net] : []),
];

/** How many pins each net drives: gate and flip-flop inputs, and one for each bit of an output port. */
export function fanOuts(netlist: Netlist): Uint32Array {
  const counts = new Uint32Array(netlist.netNames.length);
  const readers = [
    ...netlist.gates.flatMap(({ inputs }) => inputs),
    ...netlist.flipFlops.flatMap(flipFlopInputs),
    ...outputs(netlist).flatMap(({ nets }) => nets),
  ];
  for (const net of readers) counts[net]!++;
  return counts;
}

/** How many gates of each kind there are, most frequent first. */
export function countKinds(netlist: Netlist): Partial<Record<GateKind, number>> {
  const counts: Partial<Record<GateKind, number>> = {};
  for (const { kind } of netlist.gates) counts[kind] = (counts[kind] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort((a, b) => b[1] - a[1]));
}
