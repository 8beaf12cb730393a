/** @file From Verilog to counts, and to a netlist of gates where the target has them. */

import { fail } from "../../base/errors.ts";
import { type Circuit, verilogOf } from "../circuit.ts";
import { netlistHash } from "../netlist/hash.ts";
import { levelise } from "../netlist/levelise.ts";
import type { Netlist } from "../netlist/netlist.ts";
import { readYosysNetlist } from "../netlist/read-yosys.ts";
import type { Fabric } from "../verilog/index.ts";
import type { Source } from "./failure.ts";
import { libertyText } from "./liberty.ts";
import { mapTo, quickGates, readAndCheck, type Target, type TargetOptions } from "./recipes.ts";
import { type CellCounts, type FpgaCounts, fpgaCounts, parseStatistics } from "./statistics.ts";
import type { Yosys } from "./yosys.ts";

/** Verilog text with the name of its top module. */
export interface Design {
  readonly top: string;
  readonly sources: readonly Source[];
}

/** @param fabric tables become lookup tables of this FPGA, which Yosys takes over as they stand */
export const designOf = (circuit: Circuit, fabric?: Fabric): Design => ({
  top: circuit.top.name,
  sources: verilogOf(circuit, fabric),
});

export interface Synthesis {
  readonly target: Target;
  /** Which Yosys made it: counts depend on it. */
  readonly engine: string;
  readonly counts: CellCounts;
  /** Undefined for gates and cells. */
  readonly fpga: FpgaCounts | undefined;
  /** Undefined for FPGAs. */
  readonly netlist: Netlist | undefined;
  readonly netlistHash: string | undefined;
  /** The netlist as Yosys wrote it. */
  readonly json: string | undefined;
  /** Gates on the longest combinational path; undefined for FPGAs. */
  readonly depth: number | undefined;
}

/**
 * Maps a design to a target.
 * @throws FemtoError `circuits.undriven`, `circuits.driven-twice`, `circuits.loop`, `circuits.latch`, `circuits.yosys`
 */
export async function synthesise(
  yosys: Yosys,
  { top, sources }: Design,
  target: Target,
  options: TargetOptions = {},
): Promise<Synthesis> {
  const names = sources.map(({ file }) => file);
  const hasNetlist = target === "gates" || target === "cells";
  const { files, engine } = await yosys.run({
    step: `synthesis of ${top}`,
    script: [...readAndCheck(names, top), ...mapTo(target, top, options)],
    sources,
    ...(target === "cells" && { files: { "femto.lib": libertyText() } }),
    outputs: ["statistics.json", ...(hasNetlist ? ["netlist.json"] : [])],
  });
  const counts = parseStatistics(files["statistics.json"] ?? "");
  if (!hasNetlist) {
    const fpga = fpgaCounts(counts);
    return {
      target,
      engine,
      counts,
      fpga,
      netlist: undefined,
      netlistHash: undefined,
      json: undefined,
      depth: undefined,
    };
  }
  const json = files["netlist.json"]!;
  const netlist = readYosysNetlist(json);
  const depth = levelise(netlist).depth.reduce((most, level) => Math.max(most, level), 0);
  return { target, engine, counts, fpga: undefined, netlist, netlistHash: netlistHash(netlist), json, depth };
}

/**
 * Netlists of many designs by one quick run without abc, by name of the top: to hold them against their models.
 * Modules of one name must be one module.
 */
export async function quickNetlists(yosys: Yosys, designs: readonly Design[]): Promise<Map<string, Netlist>> {
  const sources = new Map<string, Source>();
  for (const source of designs.flatMap((design) => design.sources)) {
    const other = sources.get(source.file);
    if (other !== undefined && other.text !== source.text) {
      fail({ code: "circuits.name", where: source.file, message: "two different files have this name" });
    }
    sources.set(source.file, source);
  }
  const { files } = await yosys.run({
    step: designs.length === 1 ? `gates of ${designs[0]!.top}` : `gates of ${designs.length} designs`,
    script: [
      ...[...sources.keys()].map((file) => `read_verilog -sv ${file}`),
      "hierarchy -check",
      ...quickGates(designs.map(({ top }) => top)),
    ],
    sources: [...sources.values()],
    outputs: ["netlist.json"],
  });
  const json: unknown = JSON.parse(files["netlist.json"]!);
  return new Map(designs.map(({ top }) => [top, readYosysNetlist(json, { module: top })]));
}
