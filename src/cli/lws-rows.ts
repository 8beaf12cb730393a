/** @file The rows of `femto optimize --method lws`: from an int8 model as it is, or from one that is trained and quantised first. */

import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../base/errors.ts";
import { readWeightTable } from "../circuits/characterise/index.ts";
import type { Model } from "../graph/model.ts";
import { type LwsOptions, lws } from "../methods/index.ts";
import { type RowSpec, restrictedRows } from "../runs/index.ts";
import { readMethodOptions } from "./method-options.ts";
import { choiceOf, numberOf, wholeOf, wordsOf } from "./values.ts";

/** The options of the command that are of this method alone. */
export const lwsArgs = {
  array: {
    type: "string",
    valueHint: "RxC",
    description: "lws: rows and columns of the weight-stationary array (64x64)",
  },
  multiplier: { type: "string", valueHint: "NAME", description: "lws: booth4 (the default) or baughWooley" },
  "max-drop": {
    type: "string",
    valueHint: "POINTS",
    description: "lws: points of accuracy that may be lost on examples kept from training (2)",
  },
  "weight-table": {
    type: "string",
    valueHint: "FILE",
    description: "lws: measured energies instead of the netlist, as CSV: weight,energy_pJ",
  },
  storage: {
    type: "string",
    valueHint: "HOW",
    description: "lws: weights in the files as bytes (the default) or codebook: indices into the layer's values",
  },
  "zero-gating": { type: "boolean", description: "lws: sets for units that stand still where a weight is zero" },
} as const;

interface Given {
  readonly epochs?: string | undefined;
  readonly batch?: string | undefined;
  readonly baselines?: string | undefined;
  readonly array?: string | undefined;
  readonly multiplier?: string | undefined;
  readonly "max-drop"?: string | undefined;
  readonly "weight-table"?: string | undefined;
  readonly "zero-gating"?: boolean | undefined;
  readonly storage?: string | undefined;
  readonly "float-epochs"?: string | undefined;
}

const baselines = ["powerpruning", "magnitude"] as const;
const names = { powerpruning: "PowerPruning", magnitude: "magnitude" } as const;

/** Rows and columns of `64x64`. @throws FemtoError `option.value` */
function arrayOf(text: string | undefined): Partial<LwsOptions> {
  if (text === undefined) return {};
  const [, rows, columns] = /^(\d+)x(\d+)$/i.exec(text.trim()) ?? [];
  if (rows !== undefined) return { rows: Number(rows), columns: Number(columns) };
  return fail({
    code: "option.value",
    where: "--array",
    message: "not the size of an array",
    expected: "rows and columns, such as 64x64",
    got: text,
  });
}

/** @throws FemtoError `table.csv`, `file.missing` */
function tableOf(path: string | undefined, isZeroGated = false): Partial<LwsOptions> {
  if (path === undefined) return {};
  if (!existsSync(path)) fail({ code: "file.missing", where: path, message: "there is no such file" });
  const table = readWeightTable(readFileSync(path, "utf8"), path);
  // Savings are ratios: a table without a unit saves as much.
  return { weightTable: { name: basename(path), energies: Array.from(table.energies), isZeroGated } };
}

/** Whether a file brings its own integers. */
export const isQuantised = ({ graph }: Model): boolean =>
  graph.nodes.some(
    ({ kind, op, domain }) => kind === "DequantizeLinear" || (domain === "femto" && op.endsWith("Quant")),
  );

/** @param more the further options of the method, as JSON gave them */
export function lwsRows(
  args: Given,
  more: object,
  model: Model,
  seed: number,
): { rows: RowSpec[]; options: LwsOptions } {
  const epochs = wholeOf("epochs", args.epochs, { least: 1 }) ?? 10;
  const batchSize = wholeOf("batch", args.batch, { least: 1 });
  const multiplier = choiceOf("multiplier", args.multiplier, ["booth4", "baughWooley"]);
  const storage = choiceOf("storage", args.storage, ["bytes", "codebook"]);
  const maxDrop = numberOf("max-drop", args["max-drop"], { least: 0, most: 100 });
  const shared = {
    ...{ epochs, ...(batchSize !== undefined && { batchSize }), ...arrayOf(args.array) },
    ...(multiplier && { multiplier }),
    ...(maxDrop !== undefined && { maxDrop }),
    ...(storage && { storage }),
    ...(args["zero-gating"] && { zeroGating: true }),
    ...tableOf(args["weight-table"], args["zero-gating"]),
    ...more,
  };
  const options = readMethodOptions(lws, shared);
  const beside = args.baselines === "none" ? [] : (wordsOf(args.baselines) ?? baselines);
  const chosen = beside.map((word) => choiceOf("baselines", word, baselines)!);
  const floatEpochs = wholeOf("float-epochs", args["float-epochs"], { least: 0 }) ?? epochs;
  const { optimizer, augmentation, rate, weightDecay } = options;
  const training = { batchSize: options.batchSize, optimizer, augmentation, rate: 2 * rate, weightDecay };
  const isReady = isQuantised(model);
  const rows = restrictedRows({
    seed,
    ...(!isReady && floatEpochs > 0 && { float: { ...training, epochs: floatEpochs } }),
    ...(!isReady && { quantised: { ...training, epochs, fixedBits: 8, warmup: 0, alpha: 0 } }),
    common: shared,
    rows: {
      LWS: {},
      ...Object.fromEntries(chosen.map((strategy) => [names[strategy], { strategy }])),
    },
  });
  for (const row of rows) readMethodOptions(row.method, row.options as Record<string, unknown>);
  return { rows, options };
}
