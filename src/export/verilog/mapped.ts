/**
 * @file A circuit after synthesis for an FPGA, with every cell of the FPGA written out again as plain logic: what is held
 * against the circuit before synthesis and against test data.
 */

import type { Design, FpgaCounts, Target, Yosys } from "../../circuits/index.ts";
import { mapTo, readAndCheck } from "../../circuits/yosys/recipes.ts";
import { fpgaCounts, parseStatistics } from "../../circuits/yosys/statistics.ts";

export type FpgaTarget = Extract<Target, "xilinx" | "ice40">;

/** Where Yosys keeps what the cells do. */
const cells: Readonly<Record<FpgaTarget, string>> = {
  xilinx: "+/xilinx/cells_sim.v",
  ice40: "+/ice40/cells_sim.v",
};

const readCells = ["cells_sim", "cells_xtra"].map((file) => `read_verilog -lib -specify +/xilinx/${file}.v`);

export interface Mapped {
  readonly counts: FpgaCounts;
  /** One module with the name and ports of the given top. */
  readonly design: Design;
  /** The cells of the FPGA, as Yosys writes them. */
  readonly cells: string;
  /** Which Yosys made it. */
  readonly engine: string;
}

/**
 * @param hasPrimitives the text names lookup tables of the FPGA, which stay as they are; of a Xilinx fabric alone
 * @throws FemtoError `circuits.*` where Yosys refuses the text
 */
export async function mapToFpga(
  yosys: Yosys,
  { top, sources }: Design,
  target: FpgaTarget,
  hasPrimitives = false,
): Promise<Mapped> {
  const names = sources.map(({ file }) => file);
  const { files, engine } = await yosys.run({
    step: `synthesis of ${top} for ${target}`,
    script: [
      ...(hasPrimitives ? readCells : []),
      ...readAndCheck(names, top),
      // The cells are there already: its first step would read them again.
      ...mapTo(target, top).map((line) =>
        hasPrimitives ? line.replace("synth_xilinx", "synth_xilinx -run prepare:") : line,
      ),
      "write_json cells.json",
      `techmap -autoproc -map ${cells[target]}`,
      "proc",
      "flatten",
      "opt_clean",
      "write_verilog -noattr mapped.v",
    ],
    sources,
    outputs: ["statistics.json", "cells.json", "mapped.v"],
  });
  const text = files["mapped.v"]!;
  return {
    counts: fpgaCounts(parseStatistics(files["statistics.json"]!)),
    cells: files["cells.json"]!,
    design: { top, sources: [{ file: "mapped.v", text }] },
    engine,
  };
}
