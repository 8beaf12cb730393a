/** @file `femto inspect`: what an ONNX file contains. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { formatBytes } from "../../base/units.ts";
import { fileFacts, readModelFile } from "../../onnx/index.ts";
import { countText } from "../../reports/format.ts";
import { zoo } from "../../zoo/index.ts";
import { command } from "../command.ts";
import { findBuilder, isPath } from "../network.ts";
import { alignColumns, type Output } from "../output.ts";
import { type LayerSummary, type ModelSummary, summariseModel } from "../summary.ts";

export const inspect = command({
  name: "inspect",
  about: [
    "Reads an ONNX file, verifies its structure, infers all shapes, and says what it contains: operator sets, inputs and outputs, nodes by kind, initializers, and for each layer with weights its multiply-accumulates and the bit-widths of its operands. Counts are those of one example.",
    "A name of the zoo (lenet5, resnet20 …) instead of a file shows that network with its default options.",
  ],
  examples: ["femto inspect ./my.onnx", "femto inspect resnet20 --json"],
  args: {
    model: { type: "positional", required: true, description: "an ONNX file, or a network of the zoo" },
  },
  async run({ args, output }) {
    const { facts, model } = read(args.model);
    const summary = summariseModel(model);
    output.json({ ...facts, ...summary });
    if (!output.isJson) output.print(textOf(facts, summary, output));
  },
});

type Facts = ReturnType<typeof read>["facts"];

function read(word: string) {
  if (!isPath(word)) {
    const name = findBuilder(word);
    const build = zoo[name] as () => ReturnType<typeof readModelFile>;
    return { facts: { name, file: null }, model: build() };
  }
  // The reader first: its errors are the better ones.
  const model = readModelFile(word);
  const bytes = readFileSync(word);
  const { irVersion, opsets, producer } = fileFacts(bytes, basename(word));
  const file = { path: word, bytes: bytes.length, irVersion, opsets: Object.fromEntries(opsets), producer };
  return { facts: { name: basename(word), file }, model };
}

function textOf({ name, file }: Facts, summary: ModelSummary, output: Output): string {
  const { initializers, inputs, outputs, nodes, functions, layers, others, metadata, verification } = summary;
  const facts: (readonly [string, string])[] = [
    ...(file === null
      ? []
      : ([
          [
            "file",
            `${formatBytes(file.bytes)}, IR ${file.irVersion}, ${opsetText(file.opsets)}, by ${file.producer || "an unnamed producer"}`,
          ],
        ] as const)),
    ["operator set", `at least ${summary.neededOpset} when written again`],
    ["inputs", inputs.join(", ")],
    ["outputs", outputs.join(", ")],
    ["nodes", listing(nodes)],
    ...(functions.length > 0 ? ([["functions", functions.join(", ")]] as const) : []),
    [
      "initializers",
      `${countText(initializers.elements)} elements, ${formatBytes(initializers.bytes)} (${listing(initializers.byType)})`,
    ],
    ["work", `${countText(summary.macs)} multiply-accumulates in ${layers.length} layers with weights`],
    ...(others.length > 0 ? ([["besides", others.join(", ")]] as const) : []),
    ...Object.entries(metadata).map(
      ([key, text]) => [key, text.length > 100 ? `${text.slice(0, 100)} …` : text] as const,
    ),
    ...(summary.form === null || summary.form === "float"
      ? []
      : ([["quantised", `in the form ${summary.form}`]] as const)),
    ["verified", `structure ${verification.structure}; shapes ${verification.shapes}`],
  ];
  const parts = [
    output.bold(name),
    alignColumns(
      facts.map(([key, text]) => [`  ${key}`, text]),
      [0, 1],
    ),
  ];
  if (layers.length > 0) parts.push("", layerTable(layers));
  return parts.join("\n");
}

function layerTable(layers: readonly LayerSummary[]): string {
  const head = ["layer", "operator", "output", "MAC", "weights", "inputs", "weight bits", "input bits"];
  const rows = layers.map((layer) => [
    layer.name,
    layer.operator,
    layer.output,
    countText(layer.macs),
    countText(layer.weights),
    countText(layer.inputs),
    `${layer.weightBits ?? "–"}`,
    `${layer.inputBits ?? "–"}`,
  ]);
  return alignColumns([head, ...rows], [0, 1, 2]);
}

const opsetText = (opsets: Readonly<Record<string, number>>): string =>
  Object.entries(opsets)
    .map(([domain, version]) => `operator set ${domain === "" ? "" : `${domain} `}${version}`)
    .join(", ");

const listing = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${countText(count)}`)
    .join(", ");
