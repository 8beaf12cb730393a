/**
 * @file Where data sets and models lie: the directory a user named, then the environment, then a `shared/` folder next
 * to the package or the working directory, then the user's cache.
 */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "../base/cache-directory.ts";
import { fail } from "../base/errors.ts";

const packageRoot = fileURLToPath(new URL("../..", import.meta.url));

export type Kind = "data" | "models";

/**
 * Directories that may hold files of a kind, the most particular first.
 * @param chosen the directory a user gave, e.g. by `--data-dir`
 */
export function directories(kind: Kind, chosen?: string, environment: NodeJS.ProcessEnv = process.env): string[] {
  const fromEnvironment = environment[kind === "data" ? "FEMTO_DATA" : "FEMTO_MODELS"];
  const all = [
    ...(chosen === undefined ? [] : [resolve(chosen)]),
    ...(fromEnvironment ? [resolve(fromEnvironment)] : []),
    join(packageRoot, "shared", kind),
    join(packageRoot, "..", "shared", kind),
    resolve("shared", kind),
    resolve("..", "shared", kind),
    join(cacheDirectory(environment), kind),
  ];
  return [...new Set(all)];
}

/** The first directory that has all of `files`; undefined where none has. */
export function findDirectory(kind: Kind, files: readonly string[], chosen?: string): string | undefined {
  return directories(kind, chosen).find((directory) => files.every((file) => existsSync(join(directory, file))));
}

/** The path of one file of a kind; a clear error naming the places looked at where it is in none. */
export function locate(kind: Kind, file: string, chosen?: string): string {
  const directory = findDirectory(kind, [file], chosen);
  if (directory !== undefined) return join(directory, file);
  return fail({
    code: `${kind}.not-found`,
    where: file,
    message: `this file is in none of the ${kind} directories`,
    expected: `it in one of: ${directories(kind, chosen).join(", ")}`,
    hint:
      kind === "data"
        ? "give --data-dir, set FEMTO_DATA, or fetch it: femto data fetch"
        : "set FEMTO_MODELS to the directory that holds it",
  });
}
