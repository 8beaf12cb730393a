/**
 * @file Latency of a tiled product: each tile takes the longer of computing it and of moving what changes with it. Tiles
 * of the same size and place are counted together.
 */

import { type Axis, axesOf, type TensorName } from "../dataflow.ts";
import { type Tile as Part, tilesOf } from "../tiles.ts";
import { countsOf, type Tile, type TilingProblem } from "./tile.ts";
import { type LoopOrder, stays } from "./traffic.ts";

export interface TiledLatency {
  readonly computeCycles: number;
  readonly latencyCycles: number;
  readonly stallCycles: number;
}

type Step = Readonly<Record<Axis, Part>>;

export function tiledLatency(
  problem: TilingProblem,
  tile: Tile,
  order: LoopOrder,
  bitsPerCycle = Number.POSITIVE_INFINITY,
): TiledLatency {
  const { gemm, array, dataflow } = problem;
  const { rows, cols, time } = axesOf[dataflow];
  const counts = countsOf(problem, tile);
  const stay = {
    input: stays(counts, order, "input"),
    weight: stays(counts, order, "weight"),
    output: stays(counts, order, "output"),
  };
  let computeCycles = 0;
  let latencyCycles = 0;
  for (const K of tilesOf(gemm.K, tile.K)) {
    for (const M of tilesOf(gemm.M, tile.M)) {
      for (const T of tilesOf(gemm.T, tile.T)) {
        const step = { K, M, T };
        const count = K.count * M.count * T.count * gemm.groups;
        const folds = Math.ceil(step[rows].size / array.rows) * Math.ceil(step[cols].size / array.cols);
        const compute = folds * (2 * array.rows + array.cols - 2 + step[time].size);
        computeCycles += count * compute;
        latencyCycles += count * Math.max(compute, Math.ceil(stepBits(problem, step, stay) / bitsPerCycle));
      }
    }
  }
  return { computeCycles, latencyCycles, stallCycles: latencyCycles - computeCycles };
}

/** Bits that cross main memory with one step. */
function stepBits({ bits, density }: TilingProblem, { K, M, T }: Step, stay: Record<TensorName, boolean>): number {
  const input = !stay.input || M.isFirst ? K.size * T.size * density.input * bits.input : 0;
  const weight = !stay.weight || T.isFirst ? K.size * M.size * density.weight * bits.weight : 0;
  const sums = M.size * T.size * density.output;
  const spilled = stay.output ? 0 : (K.isFirst ? 0 : 1) + (K.isLast ? 0 : 1);
  return input + weight + sums * (spilled * bits.partialSum + (K.isLast ? bits.output : 0));
}
