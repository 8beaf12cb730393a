/** @file The data of an experiment: of the catalogue, or a file that its user brings; whole, or with its end held out. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../base/errors.ts";
import {
  type Dataset,
  directories,
  findSet,
  loadDataSet,
  loadUserData,
  measureNormalisation,
  splitAtEnd,
} from "../data/index.ts";
import type { Experiment } from "../methods/index.ts";

type Asked = Pick<Experiment<unknown>, "data" | "brought" | "heldOut">;

export interface Parts {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** @throws FemtoError `data.not-found` with what is missing and where it would be looked for; `data.*` of reading */
export async function partsOf(experiment: Asked, dataDir?: string): Promise<Parts> {
  const { data, heldOut } = experiment;
  const options = dataDir === undefined ? {} : { dataDir };
  if (experiment.brought !== undefined) return readBrought(experiment, dataDir);
  if (heldOut === undefined) {
    const { train, test } = loadDataSet(data, options);
    return { train: train!, test: test! };
  }
  // For a choice among variants the end of the training part stands for the test.
  const parts = splitAtEnd(loadDataSet(data, { ...options, parts: ["train"] }).train!, heldOut);
  const note = `tested on the last ${heldOut} training examples, which were not trained on`;
  return { train: parts.train, test: { ...parts.test, split: "validation", notes: [...parts.test.notes, note] } };
}

/** Training examples, as far as they are known before anything is read; of a text, windows of the network's context. */
export function examplesOf({
  data,
  brought,
  heldOut = 0,
  network,
}: Asked & Partial<Pick<Experiment<unknown>, "network">>): number {
  if (brought?.examples !== undefined) return brought.examples;
  const { counts, task } = findSet(data);
  const whole = (counts.train ?? 0) - heldOut;
  if (task !== "character model") return whole;
  const { context = 64 } = (network !== undefined && "options" in network ? network.options : {}) as {
    context?: number;
  };
  return Math.floor((whole - 1) / context);
}

/** False only for data that a user would have to bring first. */
export const isHere = (experiment: Asked, dataDir?: string): boolean =>
  experiment.brought === undefined || pathOf(experiment.data, dataDir) !== undefined;

const kinds = [".npz", ".csv", ".csv.gz", ".parquet"];

const pathOf = (name: string, dataDir: string | undefined): string | undefined =>
  directories("data", dataDir)
    .flatMap((folder) => kinds.map((kind) => join(folder, name + kind)))
    .find((path) => existsSync(path));

async function readBrought({ data, brought }: Asked, dataDir: string | undefined): Promise<Parts> {
  const { contents, homepage } = brought!;
  const path = pathOf(data, dataDir);
  if (path === undefined) {
    return fail({
      code: "data.not-found",
      where: data,
      message: "these data are none of the catalogue's: bring them in a file of your own",
      expected: `${kinds.map((kind) => data + kind).join(" or ")} with ${contents}, in one of: ${directories("data", dataDir).join(", ")}`,
      hint: `they are published at ${homepage}; give their folder with --data-dir`,
    });
  }
  const { train, test } = await loadUserData(path);
  const normalisation = measureNormalisation(train);
  return { train: { ...train, normalisation }, test: { ...test, normalisation } };
}
