/** @file The data a user names: a file, or a set of the catalogue. */

import { fail } from "../base/errors.ts";
import type { Normalisation } from "../base/normalisation.ts";
import {
  catalogue,
  count,
  type Dataset,
  type Layout,
  loadDataSet,
  loadUserData,
  measureNormalisation,
  type UserDataOptions,
} from "../data/index.ts";
import { isPath } from "./network.ts";
import { didYouMean } from "./suggest.ts";

export interface DataChoice {
  readonly dataDir?: string | undefined;
  readonly labelColumn?: string | undefined;
  readonly labelFile?: string | undefined;
  readonly layout?: Layout | undefined;
  readonly testShare?: number | undefined;
  readonly normalise?: (typeof normalisations)[number] | undefined;
}

/** `own`: as the catalogue says (a file of yours: as it is); `unit`: bytes to 0..1; `standardise`: mean 0, deviation 1. */
export const normalisations = ["own", "none", "unit", "standardise"] as const;

export interface Parts {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** @throws FemtoError `data.*`, `labels.*`, `npz.*` …; for an unknown name with the nearest one */
export async function readData(word: string, choice: DataChoice): Promise<Parts> {
  const parts = isPath(word) ? await readFile(word, choice) : readFromCatalogue(word, choice.dataDir);
  const kind = choice.normalise ?? "own";
  if (kind === "own") return parts;
  const [normalisation, note] = normalisationOf(kind, parts.train);
  const changed = (data: Dataset): Dataset => {
    const { normalisation: _, ...rest } = data;
    return { ...rest, notes: [...data.notes, note], ...(normalisation && { normalisation }) };
  };
  return { train: changed(parts.train), test: changed(parts.test) };
}

function readFile(path: string, { labelColumn, labelFile, layout, testShare }: DataChoice): Promise<Parts> {
  const options: UserDataOptions = {
    ...(labelColumn !== undefined && { label: /^\d+$/.test(labelColumn) ? Number(labelColumn) : labelColumn }),
    ...(labelFile !== undefined && { labelFile }),
    ...(layout !== undefined && { layout }),
    ...(testShare !== undefined && { testShare }),
  };
  return loadUserData(path, options);
}

/** @throws FemtoError `data.unknown` with the nearest name */
export function requireKnownSet(name: string): void {
  if (catalogue.has(name)) return;
  const hint = didYouMean(name, catalogue.keys());
  fail({
    code: "data.unknown",
    where: name,
    message: "the catalogue has no data set of this name",
    expected: [...catalogue.keys()].join(", "),
    hint: hint ?? "for your own data give the path of a file",
  });
}

function readFromCatalogue(name: string, dataDir: string | undefined): Parts {
  requireKnownSet(name);
  const { train, test } = loadDataSet(name, dataDir === undefined ? {} : { dataDir });
  if (train !== undefined && test !== undefined) return { train, test };
  return fail({
    code: "data.part",
    where: name,
    message: "training needs a train and a test part",
    got: train === undefined ? "a test part only" : "a train part only",
  });
}

function normalisationOf(kind: "none" | "unit" | "standardise", train: Dataset): [Normalisation | undefined, string] {
  if (kind === "none") return [undefined, "fed to the network as they are"];
  if (kind === "standardise") {
    return [
      measureNormalisation(train),
      `standardised with mean and deviation of the ${count(train)} training examples`,
    ];
  }
  const channels = train.inputs.dims[1] ?? 1;
  const each = (value: number) => new Array<number>(channels).fill(value);
  return [{ scale: 1 / 255, mean: each(0), std: each(1) }, "divided by 255"];
}
