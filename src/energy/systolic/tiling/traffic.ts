/**
 * @file Traffic of a tiled product, closed form. Three loops over tiles stand outside the array: a tensor stays in its
 * buffer along the axis that it does not depend on if no tile of it changes inside that loop; else it comes again for
 * every step of it. Sums that leave unfinished go to main memory and back at the accumulator's width.
 */

import { type Axis, axesOf, type TensorName } from "../dataflow.ts";
import { countsOf, type Tile, type TilingProblem, unrelated } from "./tile.ts";

/** Loops over tiles, outermost first. */
export type LoopOrder = readonly [Axis, Axis, Axis];

/**
 * One order for each innermost loop. The other two may stand either way: they matter only where the innermost loop has a
 * single step, and then another of these three orders does the same.
 */
export const loopOrders: readonly LoopOrder[] = [
  ["M", "T", "K"],
  ["K", "M", "T"],
  ["K", "T", "M"],
];

/** How often things happen; traffic is linear in these. */
export interface TrafficFactors {
  /** Times that each input and each weight comes from main memory. */
  readonly inputLoads: number;
  readonly weightLoads: number;
  /** Times that an unfinished sum goes to main memory and back. */
  readonly spills: number;
  /** Times that the array reads each input of the matrix and each weight from its buffer. */
  readonly inputReads: number;
  readonly weightReads: number;
  /** Times that a sum is written by the array. */
  readonly visits: number;
  readonly cycles: number;
}

/** Bits that are read and written. */
export interface Moved {
  readonly reads: number;
  readonly writes: number;
}

/** All groups, in bits. What main memory reads is written into a buffer, what it writes is read from one. */
export interface TiledTraffic {
  readonly mainMemory: Readonly<Record<TensorName, Moved>>;
  readonly buffers: Readonly<Record<TensorName, Moved>>;
  /** Cycles in which the array computes, loads what stays and drains. */
  readonly cycles: number;
}

/** Does a tensor stay while the loop over its unrelated axis runs? */
export function stays(counts: Tile, order: LoopOrder, tensor: TensorName): boolean {
  const axis = unrelated[tensor];
  for (let i = 2; order[i] !== axis; i--) if (counts[order[i]!] !== 1) return false;
  return true;
}

/** Σ ⌈tile/unit⌉ over the tiles of an axis. */
const foldsOver = (extent: number, tile: number, unit: number): number => {
  const full = Math.floor(extent / tile);
  return full * Math.ceil(tile / unit) + Math.ceil((extent - full * tile) / unit);
};

export function factorsOf(
  { gemm, array, dataflow }: TilingProblem,
  counts: Tile,
  tile: Tile,
  order: LoopOrder,
): TrafficFactors {
  const { rows, cols, time } = axesOf[dataflow];
  const rowFolds = foldsOver(gemm[rows], tile[rows], array.rows);
  const colFolds = foldsOver(gemm[cols], tile[cols], array.cols);
  const passes = counts[time];
  const isOutputStationary = dataflow === "output-stationary";
  const isWeightStationary = dataflow === "weight-stationary";
  return {
    inputLoads: stays(counts, order, "input") ? 1 : counts.M,
    weightLoads: stays(counts, order, "weight") ? 1 : counts.T,
    spills: stays(counts, order, "output") ? 0 : counts.K - 1,
    inputReads: isWeightStationary || isOutputStationary ? colFolds : passes,
    weightReads: isWeightStationary ? passes : isOutputStationary ? rowFolds : colFolds,
    visits: isOutputStationary ? counts.K : rowFolds,
    cycles: gemm.groups * rowFolds * colFolds * (passes * (2 * array.rows + array.cols - 2) + gemm[time]),
  };
}

/** Bits of all tensors: as matrices, and as main memory holds them. */
export function tensorBits({ gemm, bits, density }: TilingProblem) {
  const { K, M, T, groups } = gemm;
  const matrix = {
    input: groups * K * T * bits.input,
    weight: groups * K * M * bits.weight,
    sums: groups * M * T * bits.partialSum,
    outputs: groups * M * T * bits.output,
  };
  const held = {
    input: matrix.input * density.input,
    weight: matrix.weight * density.weight,
    sums: matrix.sums * density.output,
    outputs: matrix.outputs * density.output,
  };
  return { matrix, held };
}

export function tiledTraffic(problem: TilingProblem, tile: Tile, order: LoopOrder): TiledTraffic {
  const factors = factorsOf(problem, countsOf(problem, tile), tile, order);
  const { matrix, held } = tensorBits(problem);
  const input = held.input * factors.inputLoads;
  const weight = held.weight * factors.weightLoads;
  const spills = held.sums * factors.spills;
  const visits = matrix.sums * (factors.visits - 1);
  return {
    mainMemory: {
      input: { reads: input, writes: 0 },
      weight: { reads: weight, writes: 0 },
      output: { reads: spills, writes: spills + held.outputs },
    },
    buffers: {
      input: { reads: matrix.input * factors.inputReads, writes: input },
      weight: { reads: matrix.weight * factors.weightReads, writes: weight },
      output: { reads: visits + spills + held.outputs, writes: visits + matrix.outputs + spills },
    },
    cycles: factors.cycles,
  };
}

/** Everything that crosses main memory, in bits. */
export const mainMemoryBits = ({ mainMemory }: Pick<TiledTraffic, "mainMemory">): number =>
  mainMemory.input.reads + mainMemory.weight.reads + mainMemory.output.reads + mainMemory.output.writes;
