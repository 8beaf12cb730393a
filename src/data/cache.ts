/**
 * @file Keeps what is slow to make (decoded images) in the user's cache, under the checksum of what it was made from.
 * An entry is the contents and their SHA-256 (32 bytes): a damaged entry is found out and made anew. Without a writable
 * cache everything still works, only slower.
 */

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../base/cache-directory.ts";
import { writeAtomic } from "./files.ts";

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/**
 * The cached bytes of `key`, or those that `make` makes now.
 * @param key content address: what was made, by which version of the maker, from the checksum of which input
 */
export function cached(key: string, make: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const path = join(cacheDirectory(), "made", key);
  const kept = readEntry(path);
  if (kept !== undefined) return kept;
  const made = make();
  try {
    writeAtomic(path, made, digest(made));
  } catch {
    // A cache that cannot be written is no reason to fail: the result is at hand.
  }
  return made;
}

/** Contents of an entry in a buffer of exactly their size; undefined where there is none or it is damaged. */
function readEntry(path: string): Uint8Array<ArrayBuffer> | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const contents = new Uint8Array(Math.max(0, fstatSync(file).size - 32));
    const stored = new Uint8Array(32);
    for (let done = 0; done < contents.length; ) {
      const read = readSync(file, contents, done, Math.min(contents.length - done, 2 ** 30), done);
      if (read === 0) return undefined;
      done += read;
    }
    readSync(file, stored, 0, 32, contents.length);
    return digest(contents).equals(stored) ? contents : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
