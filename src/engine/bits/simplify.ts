/**
 * @file Simplifies a netlist without changing what it computes for any input: constants and copies are passed on, equal
 * inputs of a table become one, inputs that do not count are dropped, equal (or opposite) tables are shared, dead ones
 * removed. Bits of one feature rise together, so addresses that contradict that are free.
 */

import { filled } from "./dont-care.ts";
import type { LutNetlist, LutNode, Signal, SignalLiteral, ThermometerBit } from "./netlist.ts";
import { signalOf } from "./netlist.ts";
import { bitAt, complement, dependsOn, tableFrom } from "./tables.ts";

export function simplified(netlist: LutNetlist): LutNetlist {
  const { bits, aliases } = uniqueBits(netlist);
  const luts: LutNode[] = [];
  const known = new Map<string, Signal>();
  for (const lut of netlist.luts) {
    const { inputs, table } = reduced(lut, aliases, bits);
    if (inputs.length === 0) {
      aliases.push(bitAt(table, 0));
      continue;
    }
    // Of a function and its complement the one with value 0 at address 0 is kept.
    const inverted = bitAt(table, 0);
    const kept = inverted === 1 ? complement(table, inputs.length) : table;
    if (inputs.length === 1) {
      aliases.push(2 * inputs[0]! + inverted);
      continue;
    }
    const name = `${inputs.join()}:${kept.join()}`;
    let signal = known.get(name);
    if (signal === undefined) {
      signal = bits.length + luts.push({ inputs, table: kept });
      known.set(name, signal);
    }
    aliases.push(2 * signal + inverted);
  }
  const groups = netlist.groups.map((group) => group.map((literal) => aliases[signalOf(literal)]! ^ (literal & 1)));
  return withoutDead({ input: netlist.input, bits, luts, groups });
}

/** Bits in ascending order of feature and threshold, each once; constants where a byte decides nothing. */
function uniqueBits({ input, bits }: LutNetlist): { bits: ThermometerBit[]; aliases: SignalLiteral[] } {
  const constant = ({ threshold }: ThermometerBit): SignalLiteral | undefined => {
    if (input.dtype === "uint8" && threshold < 0) return 1;
    return threshold >= (input.dtype === "uint8" ? 255 : Number.POSITIVE_INFINITY) ? 0 : undefined;
  };
  const unique = new Map<string, ThermometerBit>();
  const name = ({ feature, threshold }: ThermometerBit) => `${feature}:${threshold}`;
  for (const bit of bits) if (constant(bit) === undefined) unique.set(name(bit), bit);
  const sorted = [...unique.values()].sort((a, b) => a.feature - b.feature || a.threshold - b.threshold);
  const signals = new Map(sorted.map((bit, index) => [name(bit), index + 1]));
  return { bits: sorted, aliases: [0, ...bits.map((bit) => constant(bit) ?? 2 * signals.get(name(bit))!)] };
}

/** The table as a function of different, plain signals in ascending order, all of which count. */
function reduced(lut: LutNode, aliases: readonly SignalLiteral[], bits: readonly ThermometerBit[]): LutNode {
  const literals = lut.inputs.map((signal) => aliases[signal]!);
  let inputs = [...new Set(literals.map(signalOf))].filter((signal) => signal !== 0).sort((a, b) => a - b);
  const places = literals.map((literal) => inputs.indexOf(signalOf(literal)));
  let table = tableFrom(inputs.length, (address) => {
    let old = 0;
    literals.forEach((literal, k) => {
      const value = places[k] === -1 ? 0 : (address >>> places[k]!) & 1;
      old |= (value ^ (literal & 1)) << k;
    });
    return bitAt(lut.table, old);
  });
  const chains = chainsOf(inputs, bits);
  if (chains.length > 0) table = filled(table, possible(inputs.length, chains), inputs.length);
  const counting = inputs.map((_, k) => k).filter((k) => dependsOn(table, inputs.length, k));
  if (counting.length === inputs.length) return { inputs, table };
  const wide = table;
  inputs = counting.map((k) => inputs[k]!);
  table = tableFrom(inputs.length, (address) =>
    bitAt(
      wide,
      counting.reduce((old, k, i) => old | (((address >>> i) & 1) << k), 0),
    ),
  );
  return { inputs, table };
}

/** Pairs of inputs that are neighbouring thresholds of one feature: the second cannot be 1 while the first is 0. */
function chainsOf(inputs: readonly Signal[], bits: readonly ThermometerBit[]): [number, number][] {
  const featureOf = (k: number) => bits[inputs[k]! - 1]?.feature;
  return inputs
    .map((_, k): [number, number] => [k, k + 1])
    .filter(
      ([low, high]) => high < inputs.length && featureOf(low) !== undefined && featureOf(low) === featureOf(high),
    );
}

const possible = (n: number, chains: readonly [number, number][]): Uint32Array =>
  tableFrom(n, (address) =>
    chains.every(([low, high]) => ((address >>> high) & 1) <= ((address >>> low) & 1)) ? 1 : 0,
  );

/** Leaves out what no class depends on; signals are numbered anew. */
export function withoutDead(netlist: LutNetlist): LutNetlist {
  const { bits, luts, groups } = netlist;
  const alive = new Uint8Array(1 + bits.length + luts.length);
  for (const literal of groups.flat()) alive[signalOf(literal)] = 1;
  for (let index = luts.length - 1; index >= 0; index--) {
    if (alive[1 + bits.length + index] === 1) for (const signal of luts[index]!.inputs) alive[signal] = 1;
  }
  alive[0] = 1;
  let next = 0;
  const renumbered = Array.from(alive, (isAlive) => (isAlive === 1 ? next++ : -1));
  const isAlive = (signal: Signal) => alive[signal] === 1;
  return {
    input: netlist.input,
    bits: bits.filter((_, index) => isAlive(1 + index)),
    luts: luts
      .filter((_, index) => isAlive(1 + bits.length + index))
      .map(({ inputs, table }) => ({ inputs: inputs.map((signal) => renumbered[signal]!), table })),
    groups: groups.map((group) => group.map((literal) => 2 * renumbered[signalOf(literal)]! + (literal & 1))),
  };
}
