/** @file Results of synthesis under the hash of what they were made from: script, sources, version of the tool. */

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { cacheDirectory } from "../../base/cache-directory.ts";

export const synthesisCache = (): string => join(cacheDirectory(), "synthesis");

export const keyOf = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/** The entry of a key; undefined where there is none or it is damaged (gzip carries a checksum). */
export function readEntry(folder: string, key: string): unknown {
  try {
    return JSON.parse(gunzipSync(readFileSync(pathOf(folder, key))).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Writes an entry, all or nothing. A cache that cannot be written is no reason to fail. */
export function writeEntry(folder: string, key: string, value: unknown): void {
  const path = pathOf(folder, key);
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, gzipSync(JSON.stringify(value), { level: 6 }));
    renameSync(draft, path);
  } catch {
    // The result is at hand.
  }
}

const pathOf = (folder: string, key: string): string => join(folder, key.slice(0, 2), `${key}.json.gz`);
