/** @file A circuit after synthesis for an FPGA: what it costs, and the netlist of its cells. */

import { type Design, type FpgaCounts, type FpgaNetlist, readFpgaNetlist, type Yosys } from "../../circuits/index.ts";
import type { Fabric } from "../../circuits/verilog/index.ts";
import { mapApart, mapTo, readAndCheck, readCells, scriptName } from "../../circuits/yosys/recipes.ts";
import { fpgaCounts, parseStatistics, statisticsOfModules } from "../../circuits/yosys/statistics.ts";

export interface Mapped {
  readonly counts: FpgaCounts;
  readonly netlist: FpgaNetlist;
  /** Which Yosys made it. */
  readonly engine: string;
}

export interface MappedApart extends Mapped {
  /** What a module takes with all below it, as often as they stand in it; of the top and of those that were kept apart. */
  readonly countsOf: (module: string) => FpgaCounts;
}

/** @throws FemtoError `circuits.*` where Yosys refuses the text, `netlist.*` where it makes cells that are not understood */
export async function mapToFpga(yosys: Yosys, design: Design, target: Fabric): Promise<Mapped> {
  const { top } = design;
  const { statistics, netlist, engine } = await run(yosys, design, target, [], [...mapTo(target, top), "flatten"]);
  return { counts: fpgaCounts(parseStatistics(statistics)), netlist, engine };
}

/**
 * As `mapToFpga`, of a text that names lookup tables of the FPGA, which stay as they are.
 * @param apart modules that are mapped by themselves: the nets at their ports stay
 */
export async function mapKept(
  yosys: Yosys,
  design: Design,
  target: Fabric,
  apart: readonly string[],
): Promise<MappedApart> {
  const script = mapApart(target, design.top, apart);
  const { statistics, netlist, engine } = await run(yosys, design, target, [readCells(target)], script);
  const modules = statisticsOfModules(statistics);
  const countsOf = (module: string) => fpgaCounts(modules(module));
  return { counts: countsOf(design.top), countsOf, netlist, engine };
}

async function run(
  yosys: Yosys,
  { top, sources }: Design,
  target: Fabric,
  before: readonly string[],
  mapping: readonly string[],
) {
  const names = sources.map(({ file }) => file);
  const { files, engine } = await yosys.run({
    step: `mapping ${top} to ${target}`,
    script: [
      ...before,
      ...readAndCheck(names, top),
      ...mapping,
      // Without the modules of the library.
      `select ${scriptName(top)}`,
      "write_json -selected cells.json",
    ],
    sources,
    outputs: ["statistics.json", "cells.json"],
  });
  return { statistics: files["statistics.json"]!, netlist: readFpgaNetlist(files["cells.json"]!, top), engine };
}
