/** @file Files in and out: reading (gzip undone by its magic number, not its name) and writing all or nothing. */

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { FemtoError } from "../base/errors.ts";

const sizeLimit = 2 ** 31 - 1;

/** The bytes of a file as they stand. */
export function readBytes(path: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(path) as Buffer<ArrayBuffer>;
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}

/** The bytes of a file; a gzip stream is unpacked. */
export const readUnpacked = (path: string): Buffer<ArrayBuffer> => unpack(readBytes(path), path);

/** Undoes gzip where `bytes` are a gzip stream (1f 8b), else returns them. */
export function unpack(bytes: Buffer<ArrayBuffer>, where: string): Buffer<ArrayBuffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: sizeLimit }) as Buffer<ArrayBuffer>;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FemtoError(
      {
        code: code === "ERR_BUFFER_TOO_LARGE" ? "file.too-large" : "file.gzip",
        where,
        message: "gzip stream cannot be unpacked",
        expected: code === "ERR_BUFFER_TOO_LARGE" ? "at most 2 GiB unpacked" : "a whole gzip stream",
        got: message,
        hint: "the file is cut off or damaged; get it again",
      },
      { cause },
    );
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Makes a folder with its parents, one at a time: `mkdirSync(…, { recursive: true })` never returns where the system
 * answers "no such file" for a parent that exists (/proc).
 * @throws FemtoError `file.write`
 */
export function makeFolder(folder: string): void {
  try {
    makePath(resolve(folder));
  } catch (cause) {
    throw fileError(folder, "write", cause);
  }
}

function makePath(path: string): void {
  if (isFolder(path)) return;
  makePath(dirname(path));
  try {
    mkdirSync(path);
  } catch (cause) {
    // Somebody else may have made it meanwhile.
    if (!isFolder(path)) throw cause;
  }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Writes beside the target, syncs, renames: readers see the old file or the whole new one, whatever happens. */
export function writeAtomic(path: string, ...parts: readonly Uint8Array[]): void {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    makeFolder(dirname(path));
    const file = openSync(draft, "wx");
    try {
      for (const part of parts) {
        for (let done = 0; done < part.length; )
          done += writeSync(file, part, done, Math.min(part.length - done, 2 ** 30));
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (cause) {
    if (existsSync(draft)) rmSync(draft);
    throw fileError(path, "write", cause);
  }
}

const causes: Record<string, [message: string, hint: string]> = {
  ENOENT: ["there is no such file", "check the path"],
  EISDIR: ["this is a directory", "give the path of a file in it"],
  ENOTDIR: ["a part of the path is a file, not a directory", "check the path"],
  EEXIST: ["a part of the path is a file, not a directory", "check the path"],
  EACCES: ["access is not allowed", "check the rights of the file and its directory"],
  EPERM: ["access is not allowed", "check the rights of the file and its directory"],
  EROFS: ["the file system is read-only", "choose another place"],
  ENOSPC: ["the disk is full", "make room or choose another place"],
  EDQUOT: ["the disk quota is used up", "make room or choose another place"],
  ERR_FS_FILE_TOO_LARGE: ["the file is larger than 2 GiB", "split it into parts"],
};

/** An error of the file system, said plainly. */
export function fileError(path: string, action: "read" | "write", cause: unknown): FemtoError {
  if (cause instanceof FemtoError) return cause;
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const [text, hint] = causes[code] ?? [message, "check the path"];
  return new FemtoError({ code: `file.${action}`, where: path, message: text, got: code || message, hint }, { cause });
}
