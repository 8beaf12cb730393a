/**
 * @file Simplification keeps of a table and its opposite the one that begins with 0, and inverts where classes count it.
 * In a circuit an inverter of its own would be a lookup table more: the table itself is inverted instead.
 */

import { type LutNetlist, signalOf } from "../../engine/bits/netlist.ts";
import { complement } from "../../engine/bits/tables.ts";

/** The same netlist with the tables inverted that are read inverted and in no other way. */
export function withPlainGroups(netlist: LutNetlist): LutNetlist {
  const { bits, luts, groups } = netlist;
  const plain = new Set(luts.flatMap(({ inputs }) => inputs));
  const inverted = new Set<number>();
  for (const literal of groups.flat()) ((literal & 1) === 1 ? inverted : plain).add(signalOf(literal));
  const first = bits.length + 1;
  const isTurned = (signal: number) => signal >= first && inverted.has(signal) && !plain.has(signal);
  return {
    ...netlist,
    luts: luts.map((lut, index) =>
      isTurned(first + index) ? { ...lut, table: complement(lut.table, lut.inputs.length) } : lut,
    ),
    groups: groups.map((group) => group.map((literal) => (isTurned(signalOf(literal)) ? literal ^ 1 : literal))),
  };
}
