/** @file `femto machines import`: another tool's hardware description as a machine file. */

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import {
  type Imported,
  importScaleSim,
  importTimeloop,
  importZigzag,
  readMachine,
  toolOf,
  tools,
} from "../../machines/index.ts";
import { command } from "../command.ts";
import { readMachineNamed } from "../machine-file.ts";
import { choiceOf, numberOf, wholeOf } from "../values.ts";

export const machinesImport = command({
  name: "machines import",
  about: [
    "Turns a ZigZag hardware YAML, a Timeloop/Accelergy v0.4 architecture or a SCALE-Sim cfg into a machine file. Every key that has no place in it is listed with its line; energies that the file does not state are listed as missing and stay missing.",
    "ZigZag and SCALE-Sim name no technology: --node says it. Timeloop keeps energies in a table that Accelergy writes: --ert. SCALE-Sim has no energies at all: --prices takes them from another machine, citations included.",
  ],
  examples: [
    "femto machines import tpu_like.yaml --node 28 --mapping default.yaml > tpu.yaml",
    "femto machines import arch.yaml --ert timeloop-mapper.ERT.yaml --out eyeriss.yaml",
    "femto machines import scale.cfg --prices lpddr4-edge --out array.yaml",
  ],
  args: {
    file: { type: "positional", required: true, description: "the hardware description" },
    from: { type: "string", valueHint: "TOOL", description: "zigzag, timeloop or scale-sim; found out without it" },
    node: { type: "string", valueHint: "NM", description: "technology node, where the file states none" },
    mapping: { type: "string", valueHint: "FILE", description: "ZigZag: mapping YAML with the default unrollings" },
    dram: { type: "string", valueHint: "TYPE", description: "ZigZag: kind of DRAM, such as lpddr4" },
    ert: { type: "string", valueHint: "FILE", description: "Timeloop: energy reference table of the architecture" },
    prices: { type: "string", valueHint: "MACHINE", description: "SCALE-Sim: the machine whose prices are taken" },
    "word-bits": { type: "string", valueHint: "N", description: "SCALE-Sim: bits of an element, 8 without it" },
    name: { type: "string", valueHint: "NAME", description: "what to call the machine" },
    out: { type: "string", valueHint: "FILE", description: "where to write; standard output without it" },
  },
  async run({ args, output }) {
    const path = args.file as string;
    const imported = read(path, args as Readonly<Record<string, string | undefined>>);
    readMachine(imported.text, `${basename(path)}, imported`);
    output.json({ ...imported, out: args.out ?? null });
    for (const { line, key, remark } of imported.remarks) output.note(`${path}:${line}: ${key}: ${remark}`);
    if (imported.missing.length > 0) output.note(`no energy is stated for ${imported.missing.join(", ")}`);
    if (args.out === undefined) output.print(imported.text);
    else {
      writeFileSync(args.out as string, imported.text);
      output.print(`wrote ${args.out as string}`);
    }
  },
});

function read(path: string, args: Readonly<Record<string, string | undefined>>): Imported {
  const text = readFileSync(path, "utf8");
  const tool = choiceOf("from", args.from, tools) ?? toolOf(text, path);
  const nodeNm = numberOf("node", args.node, { least: 5, most: 130 });
  const common = { origin: basename(path), ...(args.name && { name: args.name }), ...(nodeNm && { nodeNm }) };
  const textOf = (name: string) => (args[name] === undefined ? {} : { [name]: readFileSync(args[name], "utf8") });
  if (tool === "timeloop") return importTimeloop(text, { ...common, ...textOf("ert") });
  if (tool === "zigzag") {
    return importZigzag(text, { ...common, ...textOf("mapping"), ...(args.dram && { dram: args.dram }) });
  }
  const wordBits = wholeOf("word-bits", args["word-bits"], { least: 1, most: 64 });
  const prices = args.prices === undefined ? undefined : readMachineNamed(args.prices);
  return importScaleSim(text, { ...common, ...(prices && { prices }), ...(wordBits && { wordBits }) });
}
