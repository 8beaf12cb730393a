/**
 * @file The journal of a run: every network that was tuned, under the number of its step. A killed run decides again what it
 * decided before and finds the networks here, so that it ends with the same bits without training twice.
 */

import { existsSync } from "node:fs";
import { FemtoError, fail } from "../../base/errors.ts";
import { Model } from "../../graph/model.ts";
import { readModelFile, writeModelFile } from "../../onnx/index.ts";
import type { Tensors } from "../../training/index.ts";
import type { NetworkState } from "./network.ts";

/** A state, and what was measured of it. */
export interface Entry {
  /** Of the step. */
  readonly name: string;
  readonly state: NetworkState;
  readonly loss: number;
  readonly accuracy: number;
  readonly stepSeconds: number;
}

const KEY = "femto.lws";

interface Stored {
  readonly identity: string;
  readonly name: string;
  readonly parts: Readonly<Record<keyof NetworkState, readonly string[]>>;
  readonly loss: number;
  readonly accuracy: number;
  readonly stepSeconds: number;
}

const parts = ["parameters", "tables", "masks"] as const;

export function writeEntry(path: string, identity: string, { state, ...measured }: Entry): void {
  const model = new Model();
  model.graph.name = "lws";
  for (const part of parts) {
    for (const [name, tensor] of Object.entries(state[part] as Tensors)) {
      model.graph.addOutput(model.graph.addInitializer(`${part}:${name}`, tensor));
    }
  }
  const [parameters, tables, masks] = parts.map((part) => Object.keys(state[part])) as [string[], string[], string[]];
  const stored: Stored = { identity, parts: { parameters, tables, masks }, ...measured };
  model.metadata.set(KEY, JSON.stringify(stored));
  writeModelFile(model, path);
}

/** @throws FemtoError `checkpoint.other` for a file of other settings, `checkpoint.format` for a damaged one */
export function readEntry(path: string, identity: string): Entry | undefined {
  if (!existsSync(path)) return undefined;
  const { stored, held } = readFile(path);
  if (stored.identity !== identity) {
    fail({
      code: "checkpoint.other",
      where: path,
      message: "the file belongs to a run with other settings",
      expected: identity,
      got: stored.identity,
      hint: "resume with the same options, data and versions, or give another output folder",
    });
  }
  const part = (name: keyof NetworkState): Tensors =>
    Object.fromEntries(stored.parts[name].map((key) => [key, held.get(`${name}:${key}`)!]));
  const state = { parameters: part("parameters"), tables: part("tables"), masks: part("masks") };
  return { name: stored.name, state, loss: stored.loss, accuracy: stored.accuracy, stepSeconds: stored.stepSeconds };
}

function readFile(path: string) {
  try {
    const model = readModelFile(path);
    const stored = JSON.parse(model.metadata.get(KEY) ?? "") as Stored;
    return { stored, held: new Map(model.graph.initializers.map((value) => [value.name, value.constant!])) };
  } catch (cause) {
    throw new FemtoError(
      {
        code: "checkpoint.format",
        where: path,
        message: "the file cannot be read",
        got: (cause as Error).message,
        hint: "delete it to train this step anew",
      },
      { cause },
    );
  }
}
