/** @file Tiles of a product in the buffers: sizes, how many there are, and what they need. */

import type { GemmShape, TensorElements } from "../../gemm.ts";
import type { Buffers } from "../buffers.ts";
import type { Axis, Dataflow, ElementBits, SystolicArray, TensorName } from "../dataflow.ts";

/** Sizes along the three axes of a product. */
export type Tile = Readonly<Record<Axis, number>>;

/** A product, what one element of each tensor takes, and the machine's sizes. */
export interface TilingProblem {
  readonly gemm: GemmShape;
  readonly elements: TensorElements;
  readonly array: SystolicArray;
  readonly dataflow: Dataflow;
  readonly bits: ElementBits;
  readonly buffers: Buffers;
  readonly doubleBuffered: boolean;
  /** Distinct elements per element of the matrix, below 1 where windows overlap. */
  readonly density: Readonly<Record<TensorName, number>>;
}

/** How many tiles there are along each axis. */
export const countsOf = ({ gemm }: TilingProblem, tile: Tile): Tile => ({
  K: Math.ceil(gemm.K / tile.K),
  M: Math.ceil(gemm.M / tile.M),
  T: Math.ceil(gemm.T / tile.T),
});

/** The axis along which a tensor does not change. */
export const unrelated: Readonly<Record<TensorName, Axis>> = { input: "M", weight: "T", output: "K" };

/**
 * Are outputs narrow in their buffer? They are when no sum ever comes back: the whole reduction of a tile happens in the
 * processing elements, or on one row of folds.
 */
export const sumsOnce = ({ gemm, array, dataflow }: TilingProblem, tileK: number): boolean =>
  tileK >= gemm.K && (dataflow === "output-stationary" || gemm.K <= array.rows);

/**
 * Bits that a tile of each tensor takes in its buffer. Two of them with double buffering, unless one tile is all there
 * is. Overlap at the borders of a tile of windows is left out [reconstructed].
 */
export const tileBits = (problem: TilingProblem, { K, M, T }: Tile): Record<TensorName, number> => ({
  input: inputBits(problem, K, T),
  weight: weightBits(problem, K, M),
  output: outputBits(problem, K, M, T),
});

const copies = ({ gemm, doubleBuffered }: TilingProblem, isWhole: boolean): number =>
  doubleBuffered && !(isWhole && gemm.groups === 1) ? 2 : 1;

const inputBits = (problem: TilingProblem, K: number, T: number): number =>
  Math.ceil(K * T * problem.density.input * problem.bits.input) *
  copies(problem, K >= problem.gemm.K && T >= problem.gemm.T);

const weightBits = (problem: TilingProblem, K: number, M: number): number =>
  Math.ceil(K * M * problem.density.weight * problem.bits.weight) *
  copies(problem, K >= problem.gemm.K && M >= problem.gemm.M);

const outputBits = (problem: TilingProblem, K: number, M: number, T: number): number =>
  Math.ceil(M * T * (sumsOnce(problem, K) ? problem.bits.output : problem.bits.partialSum)) *
  copies(problem, M >= problem.gemm.M && T >= problem.gemm.T);

export function fits(problem: TilingProblem, { K, M, T }: Tile): boolean {
  const { buffers } = problem;
  if ("shared" in buffers)
    return inputBits(problem, K, T) + weightBits(problem, K, M) + outputBits(problem, K, M, T) <= buffers.shared;
  return (
    !(inputBits(problem, K, T) > buffers.input!) &&
    !(weightBits(problem, K, M) > buffers.weight!) &&
    !(outputBits(problem, K, M, T) > buffers.output!)
  );
}

/** ⌈extent/n⌉ for n = 1, 2, …: every way to cut an axis into nearly equal tiles, largest first. */
export function equalTiles(extent: number): number[] {
  const sizes: number[] = [];
  for (let count = 1; count <= extent; ) {
    const size = Math.ceil(extent / count);
    sizes.push(size);
    if (size === 1) break;
    // the smallest count that gives a smaller tile
    count = Math.ceil(extent / (size - 1));
  }
  return sizes;
}

/** Equal tiles, and those that are whole multiples of the array. */
export function spatialTiles(extent: number, unit: number): number[] {
  const aligned = equalTiles(Math.ceil(extent / unit)).map((folds) => Math.min(extent, folds * unit));
  return [...new Set([...equalTiles(extent), ...aligned])].sort((a, b) => b - a);
}
