/** @file Where things stand in the memory of a compiled network. Samples come in lanes of 128, a vector of bits. */

import type { InputFormat } from "./network.ts";
import type { Program, Slot } from "./program.ts";

/** Samples in one vector. */
export const LANES = 128;
export const VECTOR_BYTES = LANES / 8;

/** Bytes of every sample that the encoder turns at a time. */
export const WINDOW_BYTES = 16;

/** Bytes behind the last sample that a window may touch. */
export const WINDOW_SLACK = WINDOW_BYTES;

export const bytesPerFeature = (input: InputFormat): number => (input.dtype === "uint8" ? 1 : 4);
export const sampleBytes = (input: InputFormat): number => input.features * bytesPerFeature(input);

export interface Layout {
  /** Vectors of one plane: a block is `vectors`·128 samples. */
  readonly vectors: number;
  /** The encoder's list of thresholds. */
  readonly entries: number;
  /** Slots of the rows that can be decoded. */
  readonly rows: number;
  /** Turned features of 128 samples. */
  readonly scratch: number;
  readonly planes: number;
  /** The first byte that is not the network's: inputs and outputs follow. */
  readonly end: number;
}

export const planeAddress = (layout: Layout, slot: Slot): number =>
  layout.planes + slot * layout.vectors * VECTOR_BYTES;

export function layoutOf(program: Program, vectors: number, entryBytes: number): Layout {
  const rowBytes = program.outputs.reduce((sum, row) => sum + 4 * row.length, 0);
  const entries = 64;
  const rows = align(entries + entryBytes);
  const scratch = align(rows + rowBytes);
  const planes = scratch + WINDOW_BYTES * LANES;
  return { vectors, entries, rows, scratch, planes, end: planes + program.slots * vectors * VECTOR_BYTES };
}

/** Where samples and results lie, behind the network: 128 samples, then one byte for each sample of a block. */
export function roomOf(
  layout: Layout,
  input: InputFormat,
): { block: number; samples: number; results: number; end: number } {
  const block = layout.vectors * LANES;
  const results = align(layout.end + LANES * sampleBytes(input) + WINDOW_SLACK);
  return { block, samples: layout.end, results, end: results + block };
}

const align = (address: number): number => Math.ceil(address / 64) * 64;
