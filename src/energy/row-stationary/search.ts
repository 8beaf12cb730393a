/**
 * @file Search of row-stationary parameters: the cheapest mapping that scratchpads, buffer and array allow, by the cost
 * of an access at each level. Given the rest, more filters in the buffer only ever save reads, so m is the most that fits.
 */

import { fail } from "../../base/errors.ts";
import { checkLimits, checkPositive } from "../check-sizes.ts";
import { type ConvShape, checkConv } from "./convolution.ts";
import { bufferNeed, costOf, countRowStationary, cyclesOf, type RowStationaryCounts } from "./count.ts";
import { type RowStationaryArray, type RowStationaryParameters, setsThatFit } from "./machine.ts";
import type { LevelCounts } from "./reuse.ts";

/** Normalised cost of an access, 16 bits, 65 nm (Chen et al., ISCA 2016, Table 4 [source]). */
export const eyerissCost: LevelCounts = { mainMemory: 200, buffer: 6, network: 2, registers: 1 };

export interface RowStationaryRequest {
  readonly shape: ConvShape;
  readonly array: RowStationaryArray;
  readonly bits: { readonly input: number; readonly partialSum: number };
  /** Cost of an access at each level; only ratios matter. By default {@link eyerissCost}. */
  readonly cost?: LevelCounts;
  /** What is least; the other decides between equals. By default `cost`. */
  readonly objective?: "cost" | "cycles";
}

/**
 * The cheapest row-stationary mapping of a layer.
 * @throws FemtoError `energy.range` for sizes that are none, `energy.capacity` where not even one filter row fits
 */
export function mapRowStationary(request: RowStationaryRequest): RowStationaryCounts {
  const { shape, array, bits, cost = eyerissCost, objective = "cost" } = request;
  checkConv(shape);
  checkPositive(bits, "bits");
  checkPositive({ ...array.scratchpads, rows: array.rows, cols: array.cols }, "size");
  checkLimits({ buffer: array.bufferBits }, "size");
  checkLimits(cost, "cost");
  const folded = foldFilters(shape, array);
  let best: RowStationaryParameters | undefined;
  let least: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const parameters of candidates(folded, array, bits)) {
    const total = costOf(folded, parameters, cost);
    if (objective === "cost" && total > least[0]) continue;
    const cycles = cyclesOf(folded, parameters);
    const rank = objective === "cost" ? ([total, cycles] as const) : ([cycles, total] as const);
    if (rank[0] > least[0] || (rank[0] === least[0] && rank[1] >= least[1])) continue;
    least = rank;
    best = parameters;
  }
  return best === undefined ? reject(folded, array, bits) : countRowStationary(folded, array, best, bits);
}

/**
 * A filter with more rows than the array, or more columns than a scratchpad holds, is cut into equal parts that are
 * summed like channels [reconstructed].
 */
export function foldFilters(shape: ConvShape, { rows, scratchpads }: RowStationaryArray): ConvShape {
  const R = largestDivisor(shape.R, rows);
  const S = largestDivisor(shape.S, Math.min(scratchpads.input, scratchpads.weight));
  return { ...shape, R, S, C: (shape.C * shape.R * shape.S) / (R * S) };
}

function largestDivisor(size: number, limit: number): number {
  for (let divisor = Math.min(size, limit); divisor > 1; divisor--) if (size % divisor === 0) return divisor;
  return 1;
}

/** Sizes at which ⌈extent/size⌉ changes, up to `limit`, largest first. */
function* blockSizes(extent: number, limit: number): Generator<number> {
  let previous = 0;
  for (let size = Math.min(extent, limit); size >= 1; size--) {
    const blocks = Math.ceil(extent / size);
    if (blocks === previous) continue;
    // the smallest block that gives this number of blocks wastes least
    const even = Math.ceil(extent / blocks);
    yield even;
    previous = blocks;
    size = even;
  }
}

function* candidates(
  shape: ConvShape,
  array: RowStationaryArray,
  bits: RowStationaryRequest["bits"],
): Generator<RowStationaryParameters> {
  const { N, C, M, S, E, F, R } = shape;
  const { input, weight, partialSum } = array.scratchpads;
  for (const e of blockSizes(E, array.cols * Math.floor(array.rows / R))) {
    const sets = setsThatFit(array, R, e);
    for (const q of blockSizes(C, Math.min(Math.floor(input / S), Math.floor(weight / S)))) {
      for (const r of blockSizes(Math.ceil(C / q), sets)) {
        for (const p of blockSizes(M, Math.min(partialSum, Math.floor(weight / (q * S))))) {
          for (const n of imageBlocks(N)) {
            const fixed = bufferNeed(shape, { m: 0, n, e, p, q, r, t: 1 }, bits);
            const most = Math.floor((array.bufferBits - fixed) / (n * e * F * bits.partialSum));
            const t = Math.min(Math.floor(sets / r), Math.ceil(M / p), Math.floor(most / p));
            if (t >= 1) yield { m: most >= M ? M : most - (most % (p * t)), n, e, p, q, r, t };
          }
        }
      }
    }
  }
}

/** Blocks of images: all of few, powers of two of many. */
function* imageBlocks(N: number): Generator<number> {
  if (N <= 32) return yield* blockSizes(N, N);
  for (let n = 1; n < N; n *= 2) yield n;
  yield N;
}

function reject(shape: ConvShape, array: RowStationaryArray, bits: RowStationaryRequest["bits"]): never {
  const needed = bufferNeed(shape, { m: 1, n: 1, e: 1, p: 1, q: 1, r: 1, t: 1 }, bits);
  return fail({
    code: "energy.capacity",
    where: "buffer",
    message: "cannot hold one row of one input channel and the partial sums over it",
    expected: `at least ${Math.ceil(needed)} bits`,
    got: `${array.bufferBits} bits, ${Math.ceil(needed - array.bufferBits)} too few`,
  });
}
