/**
 * @file Is a mapped circuit the network, for every sample there is? Cut at the bits of the encoder, at the tables and at
 * the counts, it falls into functions of few or of well-ordered inputs. Of each the decision diagram is made twice, from
 * the cells of the FPGA and from what it must be: equal functions have one diagram.
 *
 * Why this is enough: the netlist has no loop, so its nets can be taken in an order. Say all cuts before a net carry
 * what the network says. The net is the function of them that was shown to be the network's, so it carries that, too; and in
 * the end the class does. Names of nets only say where to cut: a wrong one can break the proof, never make one.
 */

import type { FpgaNetlist } from "../../circuits/fpga/netlist.ts";
import type { LutNetlist } from "../../engine/bits/netlist.ts";
import { type Progress, silent } from "../lut/progress.ts";
import { isCore } from "./lut-nets.ts";
import { argmaxObligations, counterObligations, encoderObligations, tableObligations } from "./lut-obligations.ts";
import { discharge, type Obligations, type Part } from "./obligation.ts";

export interface LutProof {
  readonly verdict: "equal" | "unknown";
  /** The encoder is missing where the circuit reads its bits. */
  readonly parts: readonly Part[];
  readonly seconds: number;
}

/** @param latency clock edges from the inputs to the class */
export function proveLutCircuit(
  mapped: FpgaNetlist,
  network: LutNetlist,
  latency: number,
  progress: Progress = silent,
): LutProof {
  const start = performance.now();
  const show = (name: Part["name"], of: Obligations): Part => {
    progress(`proof, ${name}: ${of.all.length} functions`);
    return discharge(name, mapped, of);
  };
  const parts = [
    ...(isCore(mapped) ? [] : [show("encoder", encoderObligations(mapped, network))]),
    show("tables", tableObligations(mapped, network)),
    // Classes share no wires: each has diagrams of its own.
    together(network.groups.map((_, k) => show("counters", counterObligations(mapped, network, k)))),
    show("argmax", argmaxObligations(mapped, network, latency)),
  ];
  const isEqual = parts.every(({ proved, functions }) => proved === functions);
  return { verdict: isEqual ? "equal" : "unknown", parts, seconds: (performance.now() - start) / 1000 };
}

const together = (parts: readonly Part[]): Part => ({
  name: parts[0]!.name,
  functions: parts.reduce((sum, { functions }) => sum + functions, 0),
  proved: parts.reduce((sum, { proved }) => sum + proved, 0),
  nodes: parts.reduce((sum, { nodes }) => sum + nodes, 0),
  failed: parts.find(({ failed }) => failed !== undefined)?.failed,
});
