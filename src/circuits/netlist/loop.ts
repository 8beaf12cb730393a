/** @file Names the cycle of a combinational loop. */

import { fail } from "../../base/errors.ts";
import type { Netlist } from "./netlist.ts";

/** The longest cycle that is printed in full. */
const LONGEST_PRINTED = 12;

/**
 * Throws the error of a loop.
 * @param driver the gate that drives each net, −1 for none
 * @param waiting per gate, how many of its inputs could not be computed: not 0 on a cycle and behind it
 */
export function combinationalLoop(netlist: Netlist, driver: Int32Array, waiting: Uint32Array): never {
  // From a stuck gate, going to a driver that is stuck as well must come back to a gate already seen: that is the cycle.
  const seen = new Map<number, number>();
  const path: number[] = [];
  let gate = waiting.findIndex((count) => count > 0);
  while (!seen.has(gate)) {
    seen.set(gate, path.length);
    path.push(gate);
    const stuck = netlist.gates[gate]!.inputs.find((net) => driver[net]! >= 0 && waiting[driver[net]!]! > 0)!;
    gate = driver[stuck]!;
  }
  const cycle = path.slice(seen.get(gate)!).reverse();
  const names = cycle.map((index) => netlist.netNames[netlist.gates[index]!.output]!);
  const printed = names.length <= LONGEST_PRINTED ? names : [...names.slice(0, LONGEST_PRINTED - 1), "…"];
  fail({
    code: "netlist.loop",
    where: `netlist ${netlist.name}`,
    message: "gates feed themselves without a flip-flop between them",
    expected: "no combinational loop",
    got: `${[...printed, names[0]].join(" → ")} (${names.length} gate${names.length === 1 ? "" : "s"})`,
    hint: "put a flip-flop into the cycle, or break it in the source",
  });
}
