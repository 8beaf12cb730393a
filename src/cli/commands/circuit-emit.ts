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
import { type NetworkVectors, networkArgs, networkVectors } from "../network-vectors.ts";
import { wholeOf } from "../values.ts";

export const circuitEmit = command({
  name: "circuit emit",
  about: [
    "Writes a circuit as Verilog-2005, one module per file, with a JSON file of its ports, widths, latency and parameters. --vectors adds a self-checking testbench and its vectors; iverilog runs it.",
    "--product W,A makes the vectors of a systolic array multiply two matrices of whole numbers (.npy, or .csv without a header): weights K × M and activations T × K, such as the quantised first layer of a network and the columns of its inputs. Every sum is then also compared with the product.",
    "--network FILE takes the first layers of an integer ONNX file (model.int.onnx of a run) and --data their inputs: the narrowest array that holds them, unless --set says otherwise, with a testbench that multiplies them tile after tile. Every sum is compared with the accumulator of the integer reference before anything is written; a JSON file says which vectors are whose.",
    "Without --out the text goes to standard output.",
  ],
  examples: [
    'femto circuit emit mac --set \'{"weightBits": 4, "multiplier": "baughWooley"}\'',
    'femto circuit emit systolic --set \'{"rows": 8, "columns": 8}\' --vectors 500 --out rtl',
    "femto circuit emit systolic --product weights.npy,activations.npy --out rtl",
    "femto circuit emit systolic --network model.int.onnx --data mnist10k --out rtl",
  ],
  args: {
    ...subjectArgs,
    vectors: { type: "string", valueHint: "N", description: "also a testbench with so many random vectors" },
    seed: { type: "string", valueHint: "N", description: "seed of the vectors (1)" },
    product: { type: "string", valueHint: "W,A", description: "systolic: a testbench that multiplies two matrices" },
    ...networkArgs,
    out: { type: "string", valueHint: "FOLDER", description: "where the files go" },
  },
  async run({ args, output }) {
    const network = args.network === undefined ? undefined : await networkVectors(args.network, args);
    const circuit = network?.circuit ?? circuitOf(args);
    const vectors = network?.vectors ?? vectorsOf(circuit, args);
    const bench = vectors === undefined ? undefined : testbenchOf(circuit, vectors);
    const files = [
      ...verilogOf(circuit).map(({ file, text }) => ({ file, text })),
      ...(bench === undefined
        ? []
        : [bench, { file: bench.vectorFile, text: bench.vectors }].map(({ file, text }) => ({ file, text }))),
    ];
    const sidecar = { ...sidecarOf(circuit), ...(network && { network: network.description }) };
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
    if (network !== undefined) output.note(networkText(network));
  },
});

type Asked = Parameters<typeof readDesign>[0] & {
  readonly vectors?: string | undefined;
  readonly seed?: string | undefined;
  readonly product?: string | undefined;
};

function circuitOf(asked: Asked): Circuit {
  const subject = readDesign(asked);
  if (subject.kind === "circuit") return subject.circuit;
  const expected = "a generator";
  return fail({ code: "circuits.unknown", where: asked.design, message: "only generators emit", expected });
}

/** The vectors of the testbench, if one was asked for. */
function vectorsOf(circuit: Circuit, asked: Asked): readonly Values[] | undefined {
  const count = wholeOf("vectors", asked.vectors, { least: 1, most: 1_000_000 });
  const seed = wholeOf("seed", asked.seed, { least: 0 }) ?? 1;
  if (asked.product !== undefined) return productVectors(circuit, asked.product);
  return count === undefined ? undefined : randomVectors(circuit, count, seed);
}

const networkText = ({ layers, sums, vectors }: NetworkVectors): string =>
  [
    ...layers.map(({ name, inputs, outputs, columns, tiles, from, cycles }) => {
      const size = `${inputs} × ${outputs}, ${columns.length} columns, ${tiles} ${tiles === 1 ? "tile" : "tiles"}`;
      return `${name}: ${size}, vectors ${from} to ${from + cycles - 1}`;
    }),
    `${vectors.length} vectors; all ${sums} sums are the accumulators of the integer reference`,
  ].join("\n");

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
