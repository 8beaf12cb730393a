/**
 * @file Models on disk. Reading takes pieces of external files only from the model's own folder; writing goes to
 * temporary files in the same folder, flushed and then renamed, so that no failure (disk full, no permission, a crash)
 * leaves half a file. Node's modules are fetched at the call, so that the room itself loads in a browser.
 */

import { at, FemtoError, fail } from "../base/errors.ts";
import type { Model } from "../graph/model.ts";
import type { ExternalReader } from "./external-data.ts";
import { readModelWith } from "./read-model.ts";
import type { ExternalSink } from "./tensor-write.ts";
import { type ByteSource, withoutWeights } from "./without-weights.ts";
import { writeModelWith } from "./write-model.ts";

export interface WriteFileOptions {
  /** Initializers with more bytes than this go to `<file>.data` beside the model (needed above 2 GiB). */
  readonly externalDataAbove?: number;
}

const fs = () => process.getBuiltinModule("node:fs");
const paths = () => process.getBuiltinModule("node:path");

export interface ReadFileOptions {
  /**
   * `absent`: elements of large tensors stay on the disk (their bytes are passed over), and files that hold them need
   * not be there; all else is as usual. What touches the elements fails. Default: `read`.
   */
  readonly weights?: "read" | "absent";
}

/** @throws FemtoError `onnx.read` and what {@link readModel} throws */
export function readModelFile(path: string, { weights = "read" }: ReadFileOptions = {}): Model {
  const name = paths().basename(path);
  const bytes = onDisk("onnx.read", path, "the model cannot be read", () =>
    weights === "read" ? fs().readFileSync(path) : withOpenFile(path, (file) => at(name, () => withoutWeights(file))),
  );
  return readModelWith(bytes, name, { external: piecesBeside(path), weights });
}

/** Reads pieces of one open file. */
function withOpenFile<T>(path: string, body: (file: ByteSource) => T): T {
  const { closeSync, fstatSync, openSync } = fs();
  const file = openSync(path, "r");
  try {
    return body({ size: fstatSync(file).size, read: (offset, length) => readPiece(file, offset, length) });
  } finally {
    closeSync(file);
  }
}

/** Up to `length` bytes from `offset`; fewer at the end of the file. */
function readPiece(file: number, offset: number, length: number): Uint8Array {
  const { fstatSync, readSync } = fs();
  const bytes = new Uint8Array(Math.max(0, Math.min(length, fstatSync(file).size - offset)));
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, bytes.length - done, offset + done);
    if (count === 0) return bytes.subarray(0, done);
    done += count;
  }
  return bytes;
}

/** @throws FemtoError `onnx.write` and what {@link writeModel} throws; then nothing has changed on disk */
export function writeModelFile(model: Model, path: string, { externalDataAbove }: WriteFileOptions = {}): void {
  const target = writable(path);
  const name = paths().basename(target);
  const outside = externalDataAbove === undefined ? undefined : new OutsideTensors(`${name}.data`, externalDataAbove);
  const bytes = writeModelWith(model, name, outside?.sink);
  const contents = new Map<string, readonly Uint8Array[]>();
  if (outside !== undefined && outside.pieces.length > 0) contents.set(writable(`${target}.data`), outside.pieces);
  contents.set(target, [bytes]);
  replaceFiles(contents);
}

/** Collects tensors for one external file, each at a multiple of the page size so that runtimes can map it. */
class OutsideTensors {
  readonly pieces: Uint8Array[] = [];
  readonly sink: ExternalSink;
  #length = 0;

  constructor(location: string, above: number) {
    const page = 4096;
    this.sink = (_tensor, bytes) => {
      if (bytes.length <= above) return undefined;
      const offset = Math.ceil(this.#length / page) * page;
      if (offset > this.#length) this.pieces.push(new Uint8Array(offset - this.#length));
      this.pieces.push(bytes);
      this.#length = offset + bytes.length;
      return { location, offset };
    };
  }
}

/**
 * Writes all files beside their places, then moves them there, the last one last: it replaces its predecessor in one
 * step, and what the others replaced comes back if a move fails.
 */
function replaceFiles(contents: ReadonlyMap<string, readonly Uint8Array[]>): void {
  const { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } = fs();
  const suffix = `.${process.pid}.${Math.random().toString(36).slice(2, 10)}`;
  const [fresh, saved] = [(path: string) => `${path}${suffix}.tmp`, (path: string) => `${path}${suffix}.old`];
  const all = [...contents.keys()];
  let current = "";
  const moved: string[] = [];
  try {
    for (const [path, pieces] of contents) {
      current = path;
      const file = openSync(fresh(path), "wx");
      try {
        for (const piece of pieces) for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    for (const path of all) {
      current = path;
      if (path !== all.at(-1) && existsSync(path)) renameSync(path, saved(path));
      renameSync(fresh(path), path);
      moved.push(path);
    }
  } catch (error) {
    for (const path of moved) rmSync(path, { force: true });
    for (const path of all) {
      rmSync(fresh(path), { force: true });
      if (existsSync(saved(path))) renameSync(saved(path), path);
    }
    onDisk("onnx.write", current, "the model cannot be written", () => {
      throw error;
    });
  }
  for (const path of all) rmSync(saved(path), { force: true });
}

/** Where a file really stands, so that links stay links. @throws FemtoError `onnx.write` for folders and devices */
function writable(path: string): string {
  const { existsSync, realpathSync, statSync } = fs();
  if (!existsSync(path)) return path;
  const target = realpathSync(path);
  if (statSync(target).isFile()) return target;
  return fail({
    code: "onnx.write",
    where: path,
    message: "the model cannot be written",
    expected: "a place for a file",
    got: "a folder or a device",
  });
}

/** Pieces of the files beside a model; symbolic links that lead out of its folder are refused. */
function piecesBeside(modelPath: string): ExternalReader {
  const { closeSync, openSync, realpathSync } = fs();
  const { dirname, isAbsolute, relative, resolve, sep } = paths();
  return (path, offset, length) =>
    onDisk("onnx.external", path, "the tensor's file cannot be read", () => {
      const folder = realpathSync(dirname(resolve(modelPath)));
      const target = realpathSync(resolve(folder, path));
      const way = relative(folder, target);
      if (isAbsolute(way) || way.split(sep)[0] === "..") {
        fail({
          code: "onnx.external",
          where: path,
          message: "the tensor lies outside the model's folder",
          got: target,
        });
      }
      const file = openSync(target, "r");
      try {
        return readPiece(file, offset, length);
      } finally {
        closeSync(file);
      }
    });
}

/** Errors of the operating system as errors of the user. */
function onDisk<T>(code: string, where: string, message: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof FemtoError || !(error instanceof Error) || !("code" in error)) throw error;
    throw new FemtoError({ code, where, message, got: error.message }, { cause: error });
  }
}
