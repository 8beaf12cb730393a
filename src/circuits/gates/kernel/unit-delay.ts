/**
 * @file Unit delay: every gate takes one time step. Gate by gate instead of time by time: the whole waveform of a gate follows
 * from those of its inputs, at the times at which a path can reach it, so that values stay in registers and each gate's
 * changes are counted in one place.
 */

import type { Local } from "../../../engine/wasm/index.ts";
import type { Net } from "../../netlist/netlist.ts";
import type { Code, Plan } from "./context.ts";
import { gateCode } from "./gate-code.ts";
import { WORD_BYTES } from "./layout.ts";

/** Where the waveform words of each gate lie; words are used again once the last reader has been evaluated. */
export interface WaveAddresses {
  /** Word number of the value at the k-th arrival of a net; the last arrival is the settled value and lies in the bank. */
  readonly of: (net: Net, arrival: number) => number;
  readonly words: number;
}

/** Assigns words to waveforms in the order of evaluation. */
export function assignWaves(
  netlist: Plan["netlist"],
  levels: Plan["levels"],
  arrivals: Plan["arrivals"],
): WaveAddresses {
  const readersLeft = new Uint32Array(netlist.netNames.length);
  for (const { inputs } of netlist.gates) for (const net of new Set(inputs)) readersLeft[net]!++;
  const words = new Map<Net, number[]>();
  const free: number[] = [];
  let used = 0;
  for (const index of levels.order) {
    const { inputs, output } = netlist.gates[index]!;
    // The gate reads its inputs while it writes, so its own words are taken before theirs are freed.
    const count = readersLeft[output] === 0 ? 0 : Math.max(0, arrivals[output]!.length - 1);
    words.set(
      output,
      Array.from({ length: count }, () => free.pop() ?? used++),
    );
    for (const net of new Set(inputs)) if (--readersLeft[net]! === 0) free.push(...(words.get(net) ?? []));
  }
  return { of: (net, arrival) => words.get(net)?.[arrival] ?? -1, words: used };
}

/** Evaluates the waveforms of moving gates and counts every change. */
export function unitDelayCode(plan: Plan, waves: WaveAddresses, code: Code, gates: readonly number[]): void {
  const { netlist, arrivals, layout } = plan;
  const { body, scratch } = code;
  const waveAddress = (word: number) => layout.waves + word * WORD_BYTES;
  for (const index of gates) {
    const { kind, inputs, output } = netlist.gates[index]!;
    const times = arrivals[output]!;
    const held = new Map<Net, Local>();
    /** Brings the value that `net` shows at `time` into a local, if it is not there yet. */
    const look = (net: Net, time: number): void => {
      const arrival = arrivals[net]!.indexOf(time);
      if (arrival < 0 && held.has(net)) return;
      const local = held.get(net) ?? scratch.take();
      held.set(net, local);
      if (arrival < 0) code.load(net, "previous");
      else if (arrival === arrivals[net]!.length - 1) code.load(net, "next");
      else body.i32(0).memory("v128.load", waveAddress(waves.of(net, arrival)));
      body.set(local);
    };
    const counter = code.counter();
    let last = scratch.take();
    code.load(output, "previous");
    body.set(last);
    for (const [arrival, time] of times.entries()) {
      for (const net of inputs) look(net, time - 1);
      const value = scratch.take();
      const change = scratch.take();
      gateCode(body, kind, (pin) => body.get(held.get(inputs[pin]!)!));
      body.tee(value).get(last).op("v128.xor").set(change);
      counter.add(change);
      const word = waves.of(output, arrival);
      if (arrival === times.length - 1) code.store(output, value);
      else if (word >= 0) body.i32(0).get(value).memory("v128.store", waveAddress(word));
      scratch.give(last);
      last = value;
    }
    code.count(output, counter, last);
    scratch.give(last, ...held.values());
  }
}
