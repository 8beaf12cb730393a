/** @file `femto circuit emit`: a generated circuit as Verilog files. */

import { join } from "node:path";
import { fail } from "../../base/errors.ts";
import { randomVectors, sidecarOf, testbenchOf, verilogOf } from "../../circuits/index.ts";
import { makeFolder, write, writeJson } from "../../runs/index.ts";
import { readDesign, subjectArgs } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { wholeOf } from "../values.ts";

export const circuitEmit = command({
  name: "circuit emit",
  about: [
    "Writes a circuit as Verilog-2005, one module per file, with a JSON file of its ports, widths, latency and parameters. --vectors adds a self-checking testbench and its vectors; iverilog runs it.",
    "Without --out the text goes to standard output.",
  ],
  examples: [
    'femto circuit emit mac --set \'{"weightBits": 4, "multiplier": "baughWooley"}\'',
    'femto circuit emit systolic --set \'{"rows": 8, "columns": 8}\' --vectors 500 --out rtl',
  ],
  args: {
    ...subjectArgs,
    vectors: { type: "string", valueHint: "N", description: "also a testbench with so many random vectors" },
    seed: { type: "string", valueHint: "N", description: "seed of the vectors (1)" },
    out: { type: "string", valueHint: "FOLDER", description: "where the files go" },
  },
  async run({ args, output }) {
    const subject = readDesign(args);
    if (subject.kind !== "circuit") {
      fail({ code: "circuits.unknown", where: args.design, message: "only generators emit", expected: "a generator" });
    }
    const { circuit } = subject;
    const count = wholeOf("vectors", args.vectors, { least: 1, most: 1_000_000 });
    const seed = wholeOf("seed", args.seed, { least: 0 }) ?? 1;
    const bench = count === undefined ? undefined : testbenchOf(circuit, randomVectors(circuit, count, seed));
    const files = [
      ...verilogOf(circuit).map(({ file, text }) => ({ file, text })),
      ...(bench === undefined
        ? []
        : [bench, { file: bench.vectorFile, text: bench.vectors }].map(({ file, text }) => ({ file, text }))),
    ];
    const sidecar = sidecarOf(circuit);
    if (args.out === undefined) {
      output.print(files.map(({ text }) => text).join("\n"));
      output.json({ ...sidecar, texts: Object.fromEntries(files.map(({ file, text }) => [file, text])) });
      return;
    }
    makeFolder(args.out);
    for (const { file, text } of files) write(join(args.out, file), text);
    writeJson(join(args.out, `${circuit.name}.json`), sidecar);
    output.json({ ...sidecar, folder: args.out });
    output.print(
      [...files.map(({ file }) => file), `${circuit.name}.json`].map((file) => join(args.out!, file)).join("\n"),
    );
  },
});
