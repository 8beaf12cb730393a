/** @file `femto circuit synth`: how many gates, cells or lookup tables a circuit takes. */

import { type Synthesis, synthesise, targets } from "../../circuits/index.ts";
import { countKinds } from "../../circuits/netlist/index.ts";
import { writeJson } from "../../runs/index.ts";
import { readDesign, subjectArgs, withYosys } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { alignColumns } from "../output.ts";
import { choiceOf } from "../values.ts";

export const circuitSynth = command({
  name: "circuit synth",
  about: [
    "Synthesises a circuit with Yosys and counts what it takes: gates (AND, OR, XOR, MUX, NOT), cells (Femto's own library, areas in two-input NANDs), or the lookup tables, carries, flip-flops and multipliers of an FPGA (xilinx: UltraScale+; ice40). Counts are after synthesis, not after placement; they depend on the version of Yosys, which is printed.",
    "Results are kept in the cache (FEMTO_CACHE), so that the same circuit is synthesised once.",
  ],
  examples: [
    "femto circuit synth mac --target ice40 --multipliers",
    "femto circuit synth my.v --target cells --out my.netlist.json",
  ],
  args: {
    ...subjectArgs,
    target: { type: "string", valueHint: "TARGET", description: "gates (default), cells, xilinx or ice40" },
    multipliers: { type: "boolean", description: "FPGA: use its multipliers" },
    out: { type: "string", valueHint: "FILE", description: "write the netlist (gates, cells) as JSON" },
  },
  async run({ args, output }) {
    const subject = readDesign(args);
    const target = choiceOf("target", args.target, targets) ?? "gates";
    const usesMultipliers = args.multipliers === true;
    const made = await withYosys((yosys) => synthesise(yosys, subject.design, target, { usesMultipliers }));
    if (args.out !== undefined && made.json !== undefined) writeJson(args.out, JSON.parse(made.json));
    const { engine, counts, fpga, netlistHash, depth } = made;
    output.json({ design: subject.design.top, target, engine, counts, fpga, netlistHash, depth });
    output.print(table(subject.design.top, made));
  },
});

function table(top: string, { target, engine, counts, fpga, netlist, netlistHash, depth }: Synthesis): string {
  const rows: string[][] = [
    ["circuit", top],
    ["target", `${target}, ${engine}`],
  ];
  if (fpga !== undefined) {
    const tables = Object.entries(fpga.lutByInputs).map(([inputs, count]) => `${count} of ${inputs}`);
    rows.push(["lookup tables", tables.length === 0 ? "0" : `${fpga.lut} (inputs: ${tables.join(", ")})`]);
    rows.push(["carries", `${fpga.carry}`], ["flip-flops", `${fpga.flipFlop}`], ["multipliers", `${fpga.multiplier}`]);
    for (const [type, count] of Object.entries(fpga.other)) rows.push([type, `${count}`]);
    return alignColumns(rows, [0, 1]);
  }
  const kinds = Object.entries(countKinds(netlist!)).map(([kind, count]) => `${count} ${kind}`);
  rows.push(["gates", `${netlist!.gates.length}: ${kinds.join(", ")}`]);
  rows.push(["flip-flops", `${netlist!.flipFlops.length}`], ["longest path", `${depth} gates`]);
  if (counts.area !== undefined) rows.push(["area", `${counts.area} NAND2`]);
  rows.push(["netlist", netlistHash!]);
  return alignColumns(rows, [0, 1]);
}
