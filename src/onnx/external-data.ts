/**
 * @file Tensors whose bytes lie in another file (onnx.proto, `external_data`). The path comes from the model file and
 * is therefore not trusted: it must stay inside the model's own folder.
 */

import type { StringStringEntryProto } from "onnx-buf";
import { FemtoError, fail } from "../base/errors.ts";

/** Gives `length` bytes (to the end of the file where absent) from `offset` of the file at a checked relative path. */
export type ExternalReader = (path: string, offset: number, length: number) => Uint8Array;

/** @throws FemtoError `onnx.external` */
export function readExternal(
  entries: readonly StringStringEntryProto[],
  expected: number,
  read: ExternalReader | undefined,
): Uint8Array {
  const fields = new Map(entries.map(({ key, value }) => [key, value]));
  const path = checkedPath(fields.get("location") ?? "");
  const offset = checkedNumber("offset", fields.get("offset") ?? "0");
  const length = checkedNumber("length", fields.get("length") ?? `${expected}`);
  if (length !== expected) {
    fail({
      code: "onnx.external",
      where: path,
      message: "the tensor's size does not match its elements",
      expected: `${expected} bytes`,
      got: `${length} bytes`,
    });
  }
  if (read === undefined) {
    return fail({
      code: "onnx.external",
      where: path,
      message: "the tensor lies in another file",
      hint: "read the model from its folder, or pass `externalData`",
    });
  }
  const bytes = read(path, offset, length);
  if (bytes.length !== length) {
    fail({
      code: "onnx.external",
      where: path,
      message: "the file is too short",
      expected: `${length} bytes from byte ${offset}`,
      got: `${bytes.length} bytes`,
    });
  }
  return bytes;
}

/** Is the file of a tensor not there? A file that cannot be trusted or read is an error all the same. */
export function isMissingFile(
  entries: readonly StringStringEntryProto[],
  expected: number,
  read: ExternalReader,
): boolean {
  try {
    readExternal(entries, expected, read);
    return false;
  } catch (error) {
    const cause = error instanceof FemtoError ? error.cause : undefined;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return true;
    throw error;
  }
}

/** Relative, without `..`, without drive letters or backslashes; `./` in front is tolerated. */
function checkedPath(location: string): string {
  const path = location.replace(/^(\.\/)+/, "");
  const parts = path.split("/");
  const isSafe = path !== "" && !/[\\:\0]/.test(path) && parts.every((part) => part !== "" && part !== "..");
  if (isSafe) return path;
  return fail({
    code: "onnx.external",
    message: "the tensor lies outside the model's folder",
    expected: "a relative path without ..",
    got: JSON.stringify(location),
    hint: "a model file that points elsewhere is not to be trusted",
  });
}

function checkedNumber(name: string, text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  return fail({ code: "onnx.external", message: `${name} of external data is not a byte count`, got: text });
}

/** Pieces from a function that gives whole files, for models that are not on disk. */
export function wholeFiles(load: (path: string) => Uint8Array): ExternalReader {
  const files = new Map<string, Uint8Array>();
  return (path, offset, length) => {
    const known = files.get(path) ?? load(path);
    files.set(path, known);
    return known.subarray(offset, offset + length);
  };
}
