/** @file From a network to the plan of execution that every target shares: WebAssembly, C, JavaScript. */

import { type NetworkGates, toGates } from "./gates.ts";
import { type LutNetlist, toNetlist } from "./netlist.ts";
import type { LutNetwork } from "./network.ts";
import { type Program, toProgram } from "./program.ts";
import { simplified } from "./simplify.ts";

export interface CompiledNetwork {
  readonly netlist: LutNetlist;
  readonly gates: NetworkGates;
  /** Rows of outputs: the class, then for every class its count. */
  readonly program: Program;
}

export interface CompileOptions {
  /** Orders of inputs tried for each table: more make smaller code and take longer to compile. */
  readonly orders?: number;
  /** Gates of one function. */
  readonly pieceGates?: number;
}

export function compileNetwork(network: LutNetwork, { orders, pieceGates }: CompileOptions = {}): CompiledNetwork {
  const netlist = simplified(toNetlist(network));
  const gates = toGates(netlist, orders);
  return { netlist, gates, program: toProgram(gates.logic, [gates.class, ...gates.sums], gates.cuts, pieceGates) };
}
