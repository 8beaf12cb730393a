/** @file What is to be shown of single nets of a mapped circuit, and whether it holds. */

import { FemtoError } from "../../base/errors.ts";
import { DecisionDiagrams, type Diagram } from "../../circuits/equivalence/decision-diagram.ts";
import { Cones } from "../../circuits/fpga/cones.ts";
import type { FpgaNetlist } from "../../circuits/fpga/netlist.ts";
import type { YosysBit } from "../../circuits/netlist/yosys-json.ts";

/** A net is a function of the cuts. */
export interface Obligation {
  readonly name: string;
  /** Undefined where the netlist has no such net. */
  readonly net: YosysBit | undefined;
  /** @param at the variable of a cut */
  readonly wanted: (diagrams: DecisionDiagrams, at: (cut: YosysBit) => Diagram) => Diagram;
}

export interface Obligations {
  /** Nets at which cones end, in the order in which diagrams decide them, and what they are called. */
  readonly cuts: readonly { readonly net: YosysBit; readonly name: string }[];
  readonly all: readonly Obligation[];
  /** The nets are cuts themselves, each to be shown from those before it. Otherwise a net that is a cut is shown already. */
  readonly areCuts?: boolean;
}

export interface Part {
  readonly name: "encoder" | "tables" | "counters" | "argmax";
  readonly functions: number;
  readonly proved: number;
  /** Of all diagrams together. */
  readonly nodes: number;
  /** The first that was not shown: with values of the cuts for which it is not what it must be, if that is why. */
  readonly failed: { readonly name: string; readonly ones: readonly string[]; readonly reason: string } | undefined;
}

export function discharge(name: Part["name"], mapped: FpgaNetlist, { cuts, all, areCuts = false }: Obligations): Part {
  const diagrams = new DecisionDiagrams();
  const variables = new Map<YosysBit, Diagram>();
  const names: string[] = [];
  for (const cut of cuts) {
    // Two cuts may be one net, and a net that never changes is no cut.
    if (typeof cut.net !== "number" || variables.has(cut.net)) continue;
    variables.set(cut.net, diagrams.variable(names.length));
    names.push(cut.name);
  }
  const cones = new Cones(mapped, diagrams, variables, names.length);
  // A net that nothing drives is a variable, too: whatever reads it is not shown.
  const at = (net: YosysBit): Diagram => cones.of(net);
  let failed: Part["failed"];
  let proved = 0;
  for (const { name, net, wanted } of all) {
    if (net === undefined) {
      failed ??= { name, ones: [], reason: "the netlist has no net of this name" };
      continue;
    }
    try {
      const [is, must] = [areCuts ? cones.behind(net) : cones.of(net), wanted(diagrams, at)];
      if (is === must) proved++;
      else {
        const differs = diagrams.witness(diagrams.choose(is, diagrams.not(must), must))!;
        const ones = differs.map((variable) => names[variable] ?? "an input that it must not read");
        failed ??= { name, ones, reason: "another function" };
      }
    } catch (error) {
      if (!(error instanceof FemtoError && error.code === "circuits.diagram")) throw error;
      failed ??= { name, ones: [], reason: "too large to decide" };
      break;
    }
  }
  return { name, functions: all.length, proved, nodes: diagrams.size, failed };
}
