/** @file A netlist as gates: every table, the count of every class, the class itself. */

import { argmax, type Binary, popcount } from "./count.ts";
import { type Literal, Logic } from "./logic.ts";
import { type LutNetlist, signalOf } from "./netlist.ts";
import { synthesise } from "./synthesise.ts";

export interface NetworkGates {
  /** Inputs are the netlist's thermometer bits, in their order. */
  readonly logic: Logic;
  /** For every class the number of ones, lowest bit first. */
  readonly sums: readonly Binary[];
  /** The class, lowest bit first. */
  readonly class: Binary;
  /** `logic.size` after each table: good places to cut. */
  readonly cuts: readonly number[];
  /** Nodes of `logic` after the counts; the comparison follows. */
  readonly counted: number;
}

/** Orders of inputs tried for each table. */
export const DEFAULT_ORDERS = 4;

export function toGates(netlist: LutNetlist, orders = DEFAULT_ORDERS): NetworkGates {
  const logic = new Logic();
  const literals: Literal[] = [0, ...netlist.bits.map(() => logic.input())];
  const cuts: number[] = [];
  for (const { inputs, table } of netlist.luts) {
    literals.push(
      synthesise(
        logic,
        inputs.map((signal) => literals[signal]!),
        table,
        inputs.length <= 6 ? orders : 1,
      ),
    );
    cuts.push(logic.size);
  }
  const sums = netlist.groups.map((group) =>
    popcount(
      logic,
      group.map((literal) => literals[signalOf(literal)]! ^ (literal & 1)),
    ),
  );
  const counted = logic.size;
  return { logic, sums, class: argmax(logic, sums), cuts, counted };
}
