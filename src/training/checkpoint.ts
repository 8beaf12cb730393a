/**
 * @file Checkpoints: parameters, optimizer state and the place in the run, as one ONNX file whose initializers are the
 * tensors, so that every bit survives and any ONNX tool can look inside. Written whole or not at all.
 */

import { existsSync } from "node:fs";
import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
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
}

export function writeCheckpoint<H>(path: string, { tensors, ...rest }: Checkpoint<H>): void {
  const model = new Model();
  model.graph.name = "checkpoint";
  for (const [name, tensor] of Object.entries(tensors)) {
    const value = model.graph.addInitializer(name, tensor);
    model.graph.addOutput(value);
  }
  model.metadata.set("femto.checkpoint", JSON.stringify(rest));
  writeModelFile(model, path);
}

/**
 * Reads a checkpoint, if there is one.
 * @throws FemtoError `checkpoint.other` where it belongs to a run with other settings
 */
export function readCheckpoint<H>(path: string, fingerprint: string): Checkpoint<H> | undefined {
  if (!existsSync(path)) return undefined;
  const model = readModelFile(path);
  const text = model.metadata.get("femto.checkpoint");
  if (text === undefined) fail({ code: "checkpoint.format", where: path, message: "this ONNX file is no checkpoint" });
  const rest = JSON.parse(text) as Omit<Checkpoint<H>, "tensors">;
  if (rest.fingerprint !== fingerprint) {
    fail({
      code: "checkpoint.other",
      where: path,
      message: "the checkpoint belongs to a run with other settings",
      expected: fingerprint,
      got: rest.fingerprint,
      hint: "resume with the same options, data and versions, or give another output folder",
    });
  }
  return { ...rest, tensors: Object.fromEntries(model.graph.initializers.map((v) => [v.name, v.constant!])) };
}
