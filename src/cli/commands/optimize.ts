/** @file `femto optimize`: a user's model, data and machine to a report folder. */

import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { fail } from "../../base/errors.ts";
import type { Dataset } from "../../data/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { dwn, dwnRecipe, eqat, eqatRecipe, float, lws, lwsRecipe, quweit, quweitRecipe } from "../../methods/index.ts";
import { inferModel } from "../../operators/index.ts";
import { transformerMlps } from "../../rewrites/index.ts";
import {
  asExamples,
  comparisonRows,
  gapSentences,
  type RowSpec,
  type RunSpec,
  run,
  weightlessRows,
} from "../../runs/index.ts";
import { checkPrices } from "../check-prices.ts";
import { type CommandContext, command } from "../command.ts";
import { normalisations, readData } from "../dataset.ts";
import { lwsArgs, lwsRows } from "../lws-rows.ts";
import { readMachineNamed } from "../machine-file.ts";
import { readMethodOptions } from "../method-options.ts";
import { readNetwork } from "../network.ts";
import { printResult, shown } from "../result.ts";
import { runWithProgress } from "../run-with-progress.ts";
import { choiceOf, listOf, numberOf, objectOf, wholeOf } from "../values.ts";

const args = {
  model: { type: "positional", required: true, description: "an ONNX file, or a network of the zoo such as lenet5" },
  data: {
    type: "string",
    valueHint: "DATA",
    description: "a .npz, .npy, .csv, .tsv or .parquet file, or a name of `femto data list`",
  },
  machine: { type: "string", valueHint: "MACHINE", description: "a .yaml file, or a name of `femto machines list`" },
  method: {
    type: "string",
    valueHint: "METHOD",
    description:
      "eqat (learned bit-widths, the default), lws (cheap weights in an int8 array), dwn (lookup tables), quweit (lookup tables in the place of a transformer's MLPs) or float (training only)",
  },
  out: {
    type: "string",
    valueHint: "FOLDER",
    description: "where everything goes (runs/MODEL-DATA); what lies there unfinished is gone on with",
  },
  epochs: {
    type: "string",
    valueHint: "N",
    description: "epochs of every quantised row (10); the term for energy reaches its weight after a tenth of them",
  },
  "float-epochs": {
    type: "string",
    valueHint: "N",
    description:
      "epochs of the float row that the others start from (as many as --epochs); 0 starts from the model as it is",
  },
  batch: { type: "string", valueHint: "N", description: "examples a step (64)" },
  beta: { type: "string", valueHint: "X", description: "weight of the energy in the loss (0.01)" },
  budget: {
    type: "string",
    valueHint: "SHARE",
    description: "the energy to reach, relative to uniform 8 bits; instead of --beta",
  },
  set: { type: "string", valueHint: "BITS", description: "the bit-widths the hardware has, such as 2,4,8" },
  tie: { type: "boolean", description: "one bit-width for weights and inputs of a layer" },
  baselines: {
    type: "string",
    valueHint: "BITS",
    description:
      "uniform bit-widths trained the same way for comparison (8,6,5,4), or none; with lws powerpruning,magnitude",
  },
  ...lwsArgs,
  context: {
    type: "string",
    valueHint: "N",
    description: "characters that a network of the zoo sees at once, where the data are a text (64)",
  },
  options: { type: "string", valueHint: "JSON", description: "further options of the method" },
  seed: { type: "string", valueHint: "N", description: "seed of everything random (1)" },
  threads: {
    type: "string",
    valueHint: "N",
    description: "threads of the engine in each row (1); changes the last bits of the numbers",
  },
  jobs: {
    type: "string",
    valueHint: "N",
    description: "rows that train at the same time (as many as there are processors, at most 4)",
  },
  "data-dir": { type: "string", valueHint: "FOLDER", description: "a folder to look for data sets in first" },
  "label-column": {
    type: "string",
    valueHint: "NAME",
    description: "the column of a table that holds the labels: name, or number from 0",
  },
  "label-file": {
    type: "string",
    valueHint: "FILE",
    description: "for data in a .npy file: the .npy file of its labels",
  },
  layout: {
    type: "string",
    valueHint: "LAYOUT",
    description: "axes of images in your file: nchw (default), nhwc or nhw",
  },
  "test-share": {
    type: "string",
    valueHint: "SHARE",
    description: "part of the examples that is kept for the test where the file has no test part (0.2)",
  },
  normalise: {
    type: "string",
    valueHint: "HOW",
    description: "own (as the catalogue says; a file of yours as it is), none, unit (divided by 255) or standardise",
  },
} as const;

type Context = CommandContext<typeof args>;

const methods = ["eqat", "lws", "dwn", "quweit", "float"] as const;
type MethodName = (typeof methods)[number];

const definitions = { eqat, lws, dwn, quweit, float };
const publications = {
  ...{ eqat: eqatRecipe.published, lws: lwsRecipe.published, dwn: dwnRecipe.published, quweit: quweitRecipe.published },
  float: undefined,
};

export const optimize = command({
  name: "optimize",
  about: [
    "Trains a network with quantised weights and activations while it learns how many bits each layer needs, against the energy prices of the machine you name. Writes the result as ONNX, reads it again in a fresh process, measures its accuracy there, and writes a report.",
    "Several rows are trained: the network in float, at the uniform bit-widths of --baselines, and with learned bits. All quantised rows start from the float row and are trained the same way, so that the comparison is fair: a saving counts only against uniform bits of equal energy.",
    "Energy is modelled from the prices in the machine file, never metered. Ctrl-C keeps a checkpoint; the same command goes on from it.",
  ],
  examples: [
    "femto optimize ./my.onnx --data ./my.npz --machine ./my.yaml --epochs 20 --budget 0.4",
    "femto optimize ./int8.onnx --data ./my.npz --method lws --array 64x64 --multiplier booth4 --max-drop 2",
    "femto optimize lenet5 --data mnist10k --machine horowitz-45nm-sram8k --baselines 8,4",
    "femto optimize charGpt --data tiny-shakespeare --machine lut-asic-45nm --method quweit --epochs 2",
    'femto optimize ./my.onnx --data ./my.csv --machine ./my.yaml --options \'{"alpha": 0.8, "perChannel": false}\'',
  ],
  args,
  async run(context) {
    const spec = await specOf(context);
    checkPrices(spec);
    const { output } = context;
    const howToGoOn = `Stopped. The checkpoint is in ${shown(spec.folder)}; the same command goes on from it.`;
    const result = await runWithProgress({ output, howToGoOn }, (hooks) => run(spec, hooks));
    printResult(result, spec.folder, output);
  },
});

/** Everything a user can get wrong is checked here, before anything runs. */
async function specOf({ args, words }: Context): Promise<RunSpec> {
  const method = choiceOf("method", args.method, methods) ?? "eqat";
  const seed = wholeOf("seed", args.seed, { least: 0 }) ?? 1;
  const threads = wholeOf("threads", args.threads, { least: 1 }) ?? 1;
  const jobs = wholeOf("jobs", args.jobs, { least: 1 }) ?? Math.min(4, availableParallelism());
  // What restricts weights has a price of its own; the machine's bill stands beside it.
  const usual = method === "lws" ? "horowitz-45nm-sram8k" : undefined;
  const machine = readMachineNamed(
    args.machine ?? usual ?? missing("machine", "the machine whose prices count", "femto machines list"),
  );
  const data = await readData(args.data ?? missing("data", "what to train and test on", "femto data list"), {
    dataDir: args["data-dir"],
    labelColumn: args["label-column"],
    labelFile: args["label-file"],
    layout: choiceOf("layout", args.layout, ["nchw", "nhwc", "nhw"]),
    testShare: numberOf("test-share", args["test-share"]),
    normalise: choiceOf("normalise", args.normalise, normalisations),
  });
  const context = wholeOf("context", args.context, { least: 1 });
  const network = readNetwork(args.model, data.train, seed, context);
  const examples = (part: Dataset) => asExamples(part, network.model);
  const { rows, options } = rowsOf(args, method, seed, network.model);
  const { id, paper } = definitions[method];
  const published = publications[method];
  return {
    command: ["femto", ...words].map(quoted).join(" "),
    ...network,
    data: { train: examples(data.train), test: examples(data.test) },
    machine,
    rows,
    method: {
      id,
      paper,
      options,
      ...(published && { published }),
    },
    ...(method === "quweit" && { findings: gapSentences }),
    folder: resolve(args.out ?? join("runs", `${basename(network.name, ".onnx")}-${basename(data.train.name)}`)),
    seed,
    threads,
    jobs,
  };
}

/** The rows, with all options checked, and the options that head the report. */
function rowsOf(args: Context["args"], method: MethodName, seed: number, model: Model) {
  const epochs = wholeOf("epochs", args.epochs, { least: 1 }) ?? 10;
  const batchSize = wholeOf("batch", args.batch, { least: 1 });
  const more = objectOf("options", args.options);
  const shared = { ...(batchSize !== undefined && { batchSize }) };
  if (method === "lws") return lwsRows(args, more ?? {}, model, seed);
  if (method === "float") {
    const options = readMethodOptions(float, { epochs, ...shared, ...more });
    const row: RowSpec = { name: "float32", kind: "float", method: float, options, seed };
    return { rows: [row], options: { ...options } };
  }
  if (method === "dwn") {
    const options = readMethodOptions(dwn, { epochs, ...shared, ...more });
    const row: RowSpec = { name: "DWN", kind: "dwn", method: dwn, options, seed };
    return { rows: [row], options: { ...options } };
  }
  if (method === "quweit") {
    const options = readMethodOptions(quweit, { epochs, ...shared, ...more });
    const inferred = cloneModel(model);
    inferModel(inferred);
    if (options.variant !== "dense") transformerMlps(inferred);
    return { rows: weightlessRows(options, "variant" in more, seed), options: { ...options } };
  }
  const beta = numberOf("beta", args.beta);
  const budget = numberOf("budget", args.budget);
  const bitSet = listOf("set", args.set);
  const common = { epochs, warmup: Math.ceil(epochs / 10), ...shared, ...more };
  const learned = {
    ...(beta !== undefined && { beta }),
    ...(budget !== undefined && { budget }),
    ...(bitSet !== undefined && { bitSet }),
    ...(args.tie && { tie: true }),
  };
  const options = readMethodOptions(eqat, { ...common, ...learned });
  const floatEpochs = wholeOf("float-epochs", args["float-epochs"], { least: 0 }) ?? epochs;
  const uniform = listOf("baselines", args.baselines, { least: 2, most: 16 }) ?? [8, 6, 5, 4];
  const { batchSize: size, rate, optimizer, schedule, augmentation, weightDecay, smoothing, clip } = options;
  const rows = comparisonRows({
    seed,
    float: {
      ...{ epochs: Math.max(1, floatEpochs), batchSize: size, rate, optimizer, schedule, augmentation },
      ...{ weightDecay, smoothing, ...(clip !== undefined && { clip }) },
    },
    common,
    uniform,
    learned: { EQAT: learned },
  });
  for (const row of rows) readMethodOptions(row.method, row.options as Record<string, unknown>);
  const kept = floatEpochs > 0 ? rows : rows.filter(({ kind }) => kind !== "float").map(({ from, ...row }) => row);
  return { rows: kept, options: { ...options } };
}

const missing = (option: string, what: string, list: string): never =>
  fail({
    code: "usage.missing",
    where: "femto optimize",
    message: `--${option} is missing`,
    expected: what,
    hint: `see ${list}`,
  });

/** A word as a shell would take it. */
const quoted = (word: string): string => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
