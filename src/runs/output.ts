/** @file What a run writes: every file whole or not at all; trouble with the disk is one clear error. */

import { mkdirSync } from "node:fs";
import { fileError, writeAtomic } from "../data/index.ts";

export const write = (path: string, contents: string | Uint8Array): void =>
  writeAtomic(path, typeof contents === "string" ? new TextEncoder().encode(contents) : contents);

export const writeJson = (path: string, value: unknown): void => write(path, `${JSON.stringify(value, null, 2)}\n`);

/** Makes a folder with its parents. @throws FemtoError `file.write` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw fileError(folder, "write", cause);
  }
}
