/**
 * @file Checkpoints: parameters, optimizer state and the place in the run, as one ONNX file whose initializers are the
 * tensors, so that every bit survives and any ONNX tool can look inside. Written whole or not at all.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { FemtoError, fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { contentChecksum } from "../data/index.ts";
import { Model } from "../graph/model.ts";
import { readModelFile, writeModelFile } from "../onnx/index.ts";

/** Where a run stands: the next step to do is number `step` of `epoch` in phase number `phase`. */
export interface Place {
  readonly phase: number;
  readonly epoch: number;
  readonly step: number;
}

export interface Checkpoint<History> {
  readonly place: Place;
  /** Everything that decides the bits of the run; a resumed run must have the same. */
  readonly fingerprint: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Sums of the metrics of the epoch so far. */
  readonly sums: Readonly<Record<string, number>>;
  readonly history: readonly History[];
  /** Time spent in steps so far. */
  readonly stepSeconds: number;
}

export function writeCheckpoint<H>(path: string, { tensors, ...rest }: Checkpoint<H>): void {
  const model = new Model();
  model.graph.name = "checkpoint";
  for (const [name, tensor] of Object.entries(tensors)) {
    const value = model.graph.addInitializer(name, tensor);
    model.graph.addOutput(value);
  }
  const text = JSON.stringify(rest);
  model.metadata.set("femto.checkpoint", text);
  model.metadata.set("femto.checksum", checksum(text, tensors));
  writeModelFile(model, path);
}

/**
 * Reads a checkpoint, if there is one.
 * @throws FemtoError `checkpoint.other` where it belongs to a run with other settings, `checkpoint.format` where it is
 * damaged or no checkpoint at all
 */
export function readCheckpoint<H>(path: string, fingerprint: string): Checkpoint<H> | undefined {
  if (!existsSync(path)) return undefined;
  const saved = readWhole<H>(path);
  if (saved.fingerprint !== fingerprint) {
    fail({
      code: "checkpoint.other",
      where: path,
      message: "the checkpoint belongs to a run with other settings",
      expected: fingerprint,
      got: saved.fingerprint,
      hint: "resume with the same options, data and versions, or give another output folder",
    });
  }
  return saved;
}

function readWhole<H>(path: string): Checkpoint<H> {
  try {
    const model = readModelFile(path);
    const text = model.metadata.get("femto.checkpoint");
    if (text === undefined) throw damaged(path, "an ONNX file without the place of a run");
    const tensors = Object.fromEntries(model.graph.initializers.map((value) => [value.name, value.constant!]));
    if (model.metadata.get("femto.checksum") !== checksum(text, tensors)) throw damaged(path, "its checksum differs");
    return { ...(JSON.parse(text) as Omit<Checkpoint<H>, "tensors">), tensors };
  } catch (cause) {
    if (cause instanceof FemtoError && ["checkpoint.format", "onnx.read"].includes(cause.code)) throw cause;
    throw damaged(path, (cause as Error).message, cause);
  }
}

const damaged = (path: string, got: string, cause?: unknown): FemtoError =>
  new FemtoError(
    {
      code: "checkpoint.format",
      where: path,
      message: "the checkpoint cannot be read",
      got,
      hint: "delete the file to start anew, or give another output folder",
    },
    { cause },
  );

/** Of the place and of all tensors, so that a flipped bit is not trained on. */
function checksum(text: string, tensors: Checkpoint<unknown>["tensors"]): string {
  const hash = createHash("sha256").update(`${text}\n`);
  for (const name of Object.keys(tensors).sort()) hash.update(`${name} ${contentChecksum(tensors[name]!)}\n`);
  return hash.digest("hex");
}
