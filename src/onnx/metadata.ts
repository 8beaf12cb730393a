/** @file `metadata_props` ↔ Map, on models, graphs, functions, nodes, values and tensors (the latter since IR 10). */

import { create } from "@bufbuild/protobuf";
import { type StringStringEntryProto, StringStringEntryProtoSchema } from "onnx-buf";

/** Where a key stands twice, the last entry counts, as for every protobuf map. */
export function readMetadata(entries: readonly StringStringEntryProto[], target: Map<string, string>): void {
  for (const { key, value } of entries) target.set(key, value);
}

export const writeMetadata = (metadata: ReadonlyMap<string, string>): StringStringEntryProto[] =>
  [...metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
