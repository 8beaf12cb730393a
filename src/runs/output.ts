/** @file What a run writes: every file whole or not at all; trouble with the disk is one clear error. */

import { writeAtomic } from "../data/index.ts";

export const write = (path: string, contents: string | Uint8Array): void =>
  writeAtomic(path, typeof contents === "string" ? new TextEncoder().encode(contents) : contents);

export const writeJson = (path: string, value: unknown): void => write(path, `${JSON.stringify(value, null, 2)}\n`);
