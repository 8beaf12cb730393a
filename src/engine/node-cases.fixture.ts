/** @file ONNX's own conformance cases: each a model with inputs and expected outputs, read from one archive. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { FemtoError } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { tarMembers } from "../data/tar.ts";
import { readTensor } from "../onnx/index.ts";

export interface NodeCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Says why inputs or outputs are not all tensors. */
  readonly notTensors?: string;
}

/** Reads `node/<case>/model.onnx` and `node/<case>/test_data_set_0/{input,output}_<i>.pb`, sorted by name. */
export function readNodeCases(path: string): NodeCase[] {
  const folders = new Map<string, Map<string, Uint8Array>>();
  for (const member of tarMembers(gunzipSync(readFileSync(path)) as Buffer<ArrayBuffer>, path)) {
    const [, name, ...file] = member.path.split("/");
    if (name === undefined || file.length === 0) continue;
    const folder = folders.get(name) ?? new Map<string, Uint8Array>();
    folders.set(name, folder.set(file.join("/"), member.contents));
  }
  return [...folders]
    .filter(([, files]) => files.has("model.onnx"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, files]) => readCase(name, files));
}

function readCase(name: string, files: ReadonlyMap<string, Uint8Array>): NodeCase {
  const model = files.get("model.onnx")!;
  try {
    return { name, model, inputs: tensors(files, "input"), outputs: tensors(files, "output") };
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    return { name, model, inputs: new Map(), outputs: new Map(), notTensors: error.message };
  }
}

function tensors(files: ReadonlyMap<string, Uint8Array>, kind: "input" | "output"): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (let i = 0; files.has(`test_data_set_0/${kind}_${i}.pb`); i++) {
    const { name, tensor } = readTensor(files.get(`test_data_set_0/${kind}_${i}.pb`)!);
    found.set(name, tensor);
  }
  return found;
}
