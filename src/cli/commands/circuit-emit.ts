/** @file `femto circuit emit`: a generated circuit as Verilog files. */

import { join } from "node:path";
import { fail } from "../../base/errors.ts";
import {
  arrayProduct,
  type Circuit,
  randomVectors,
  runVectors,
  sidecarOf,
  testbenchOf,
  type Values,
  verilogOf,
} from "../../circuits/index.ts";
import { makeFolder } from "../../data/index.ts";
import { write, writeJson } from "../../runs/index.ts";
import { readDesign, subjectArgs } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { readIntegerMatrix } from "../integer-matrix.ts";
import { wholeOf } from "../values.ts";

export const circuitEmit = command({
  name: "circuit emit",
  about: [
    "Writes a circuit as Verilog-2005, one module per file, with a JSON file of its ports, widths, latency and parameters. --vectors adds a self-checking testbench and its vectors; iverilog runs it.",
    "--product W,A makes the vectors of a systolic array multiply two matrices of whole numbers (.npy, or .csv without a header): weights K × M and activations T × K, such as the quantised first layer of a network and the columns of its inputs. Every sum is then also compared with the product.",
    "Without --out the text goes to standard output.",
  ],
  examples: [
    'femto circuit emit mac --set \'{"weightBits": 4, "multiplier": "baughWooley"}\'',
    'femto circuit emit systolic --set \'{"rows": 8, "columns": 8}\' --vectors 500 --out rtl',
    "femto circuit emit systolic --product weights.npy,activations.npy --out rtl",
  ],
  args: {
    ...subjectArgs,
    vectors: { type: "string", valueHint: "N", description: "also a testbench with so many random vectors" },
    seed: { type: "string", valueHint: "N", description: "seed of the vectors (1)" },
    product: { type: "string", valueHint: "W,A", description: "systolic: a testbench that multiplies two matrices" },
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
    const vectors =
      args.product !== undefined
        ? productVectors(circuit, args.product)
        : count === undefined
          ? undefined
          : randomVectors(circuit, count, seed);
    const bench = vectors === undefined ? undefined : testbenchOf(circuit, vectors);
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

/** The vectors of W · A on an array, after its model has been held against plain multiplication. */
function productVectors(circuit: Circuit, paths: string): readonly Values[] {
  const files = paths.split(",");
  if (files.length !== 2) {
    fail({
      code: "option.range",
      where: "--product",
      message: "has a wrong value",
      expected: "WEIGHTS,ACTIVATIONS",
      got: paths,
    });
  }
  const [weights, activations] = files.map(readIntegerMatrix) as [number[][], number[][]];
  const run = arrayProduct(circuit, weights, activations);
  const sums = run.gather(runVectors(circuit.model(), run.vectors));
  sums.forEach((row, t) => {
    row.forEach((sum, m) => {
      const expected = activations[t]!.reduce((total, a, k) => total + a * weights[k]![m]!, 0);
      if (sum !== expected) {
        throw new Error(`the array's model gives ${sum} for row ${t}, column ${m}; the product is ${expected}`);
      }
    });
  });
  return run.vectors;
}
