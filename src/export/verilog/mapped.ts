/** @file A circuit after synthesis for an FPGA: what it costs, and the netlist of its cells. */

import { type Design, type FpgaCounts, type FpgaNetlist, readFpgaNetlist, type Yosys } from "../../circuits/index.ts";
import type { Fabric } from "../../circuits/verilog/index.ts";
import { mapKept, mapTo, readAndCheck, readCells, scriptName } from "../../circuits/yosys/recipes.ts";
import { fpgaCounts, parseStatistics } from "../../circuits/yosys/statistics.ts";

export interface Mapped {
  readonly counts: FpgaCounts;
  readonly netlist: FpgaNetlist;
  /** Which Yosys made it. */
  readonly engine: string;
}

/**
 * @param hasTables the text names lookup tables of the FPGA, which stay as they are
 * @throws FemtoError `circuits.*` where Yosys refuses the text, `netlist.*` where it makes cells that are not understood
 */
export async function mapToFpga(
  yosys: Yosys,
  { top, sources }: Design,
  target: Fabric,
  hasTables = false,
): Promise<Mapped> {
  const names = sources.map(({ file }) => file);
  const { files, engine } = await yosys.run({
    step: `synthesis of ${top} for ${target}`,
    script: [
      ...(hasTables ? [readCells(target)] : []),
      ...readAndCheck(names, top),
      ...(hasTables ? mapKept(target, top) : mapTo(target, top)),
      "flatten",
      // Without the modules of the library.
      `select ${scriptName(top)}`,
      "write_json -selected cells.json",
    ],
    sources,
    outputs: ["statistics.json", "cells.json"],
  });
  return {
    counts: fpgaCounts(parseStatistics(files["statistics.json"]!)),
    netlist: readFpgaNetlist(files["cells.json"]!, top),
    engine,
  };
}
