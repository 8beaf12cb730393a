/**
 * @file Dataset: examples, what is to be predicted from them, and where they come from. Plain tensors in one piece, so
 * that a data set crosses threads and stays resident in the engine, where batches are gathered by index.
 */

import { createHash } from "node:crypto";
import type { Normalisation } from "../base/normalisation.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";

export interface Dataset {
  readonly name: string;
  /** Which part of the whole this is: `train`, `test` or, for data without a split, `all`. */
  readonly split: string;
  /** Examples first. Images: uint8 [N, C, H, W]; signals [N, C, L]; tables float32 [N, features]; text int32 [characters]. */
  readonly inputs: Tensor;
  /**
   * int32 [N] class indices where `classes` is set (text in windows: [N, context], what comes next), float32 [N] or
   * [N, targets] otherwise; none for text that is not cut yet.
   */
  readonly labels?: Tensor;
  readonly classes?: number;
  /** A name for every class; for text the vocabulary, one character each. */
  readonly classNames?: readonly string[];
  /** SHA-256 of {@link contentChecksum}: two data sets with equal checksums hold the same examples in the same order. */
  readonly checksum: string;
  /** Where the contents were taken from, for reports. */
  readonly source: string;
  /** What a reader of a result must know: "lossy: JPEG copy", "first part of four". */
  readonly notes: readonly string[];
  readonly normalisation?: Normalisation;
}

export type Part = "train" | "test";

/** What a loader returns; a data set may lack a part (a pure test set has no `train`). */
export type DataSplits = { readonly [P in Part]?: Dataset };

/** The fields of a data set, its checksum computed. */
export function dataset(fields: Omit<Dataset, "checksum" | "notes"> & { notes?: readonly string[] }): Dataset {
  return { ...fields, notes: fields.notes ?? [], checksum: contentChecksum(fields.inputs, fields.labels) };
}

/** The number of examples (for text: of characters). */
export const count = (data: Pick<Dataset, "inputs">): number => data.inputs.dims[0] ?? 0;

/** The shape of one example. */
export const exampleShape = (data: Pick<Dataset, "inputs">): readonly number[] => data.inputs.dims.slice(1);

/** SHA-256 over type, shape and little-endian elements of inputs and labels. */
export function contentChecksum(inputs: Tensor, labels?: Tensor): string {
  const hash = createHash("sha256");
  for (const part of labels === undefined ? [inputs] : [inputs, labels]) {
    hash.update(`${part.dtype}[${part.dims.join(",")}]\n`);
    hash.update(bytesOf(part));
  }
  return hash.digest("hex");
}

/** The elements of a tensor as the bytes that hold them. */
export function bytesOf(values: Tensor): Uint8Array {
  const { data } = values;
  if (Array.isArray(data)) return new TextEncoder().encode(JSON.stringify(data));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Elements of one example. */
export const exampleSize = (values: Tensor): number => sizeOf(values.dims.slice(1));
