/**
 * @file Counts of a row-stationary mapping: a, b, c, d of each tensor from the loop order of the JSSC paper
 * [reconstructed]. From outside in: blocks of m filters, n images, e output rows, q·r channels; per such block the
 * inputs come into the buffer once, and passes of p·t filters run over them, their sums gathered in the buffer.
 */

import { type ConvShape, convMacs } from "./convolution.ts";
import type { RowStationaryArray, RowStationaryParameters } from "./machine.ts";
import { type LevelCounts, levels, operandAccesses, partialSumAccesses, type Reuse } from "./reuse.ts";

export const roles = ["input", "weight", "partialSum"] as const;
export type RowStationaryTensor = (typeof roles)[number];

export interface RowStationaryCounts {
  readonly parameters: RowStationaryParameters;
  readonly macs: number;
  /** Distinct elements over all groups. */
  readonly elements: Readonly<Record<RowStationaryTensor, number>>;
  /** Averages over the elements; a·b·c·d times the elements of a tensor is `macs`. */
  readonly reuse: Readonly<Record<RowStationaryTensor, Reuse>>;
  /** Accesses of all elements by level, as {@link operandAccesses} and {@link partialSumAccesses} count them. */
  readonly accesses: Readonly<Record<RowStationaryTensor, LevelCounts>>;
  /** Of the partial sums' accesses of a level, those that write. */
  readonly partialSumWrites: LevelCounts;
  /** Cycles in which elements multiply; loading of scratchpads overlaps or is left out. */
  readonly cycles: number;
  /** Processing elements of a full pass. */
  readonly activeElements: number;
  /** macs / (cycles · rows · cols). */
  readonly utilisation: number;
  /** Bits of the buffer that inputs and partial sums take. */
  readonly bufferBits: number;
}

/** Bits that a block of inputs and the sums over it take in the buffer. */
export function bufferNeed(
  shape: ConvShape,
  { m, n, e, q, r }: RowStationaryParameters,
  bits: { readonly input: number; readonly partialSum: number },
): number {
  const inputs = n * Math.min(q * r, shape.C) * rowsOf(shape, e) * colsOf(shape);
  return inputs * bits.input + n * m * e * shape.F * bits.partialSum;
}

/** Input rows under `e` output rows, and columns under all of them: less than the input where a stride skips some. */
export const rowsOf = ({ H, R, U }: ConvShape, e: number): number => Math.min(H, (e - 1) * U + R, e * R);
export const colsOf = ({ W, S, V, F }: ConvShape): number => Math.min(W, (F - 1) * V + S, F * S);

export function countRowStationary(
  shape: ConvShape,
  array: RowStationaryArray,
  parameters: RowStationaryParameters,
  bits: { readonly input: number; readonly partialSum: number },
): RowStationaryCounts {
  const { N, C, M, R, S, E, F, H, W, groups } = shape;
  const macs = convMacs(shape);
  const elements = {
    input: groups * N * C * H * W,
    weight: groups * M * C * R * S,
    partialSum: groups * N * M * E * F,
  };
  const totals = totalsOf(shape, parameters);
  const reuse = {
    input: chain(elements.input, macs, totals.input),
    weight: chain(elements.weight, macs, totals.weight),
    partialSum: chain(elements.partialSum, macs, totals.partialSum),
  };
  const cycles = cyclesOf(shape, parameters);
  return {
    parameters,
    macs,
    elements,
    reuse,
    accesses: {
      input: scaled(operandAccesses(reuse.input), elements.input),
      weight: scaled(operandAccesses(reuse.weight), elements.weight),
      partialSum: scaled(partialSumAccesses(reuse.partialSum), elements.partialSum),
    },
    partialSumWrites: scaled(writesOf(reuse.partialSum), elements.partialSum),
    cycles,
    activeElements: R * Math.min(parameters.e, E) * parameters.r * parameters.t,
    utilisation: macs / (cycles * array.rows * array.cols),
    bufferBits: bufferNeed(shape, parameters, bits),
  };
}

/** Σ accesses × cost of a mapping, without the tables of {@link countRowStationary}: what a search asks thousands of times. */
export function costOf(shape: ConvShape, parameters: RowStationaryParameters, cost: LevelCounts): number {
  const { N, M, E, F, groups } = shape;
  const { input, weight, partialSum: sum } = totalsOf(shape, parameters);
  const macs = convMacs(shape);
  const [outputs] = sum;
  return (
    (input[0] + weight[0] + groups * N * M * E * F) * cost.mainMemory +
    (input[1] + weight[1] + 2 * (sum[1] - outputs)) * cost.buffer +
    (input[2] + weight[2] + sum[2] - sum[1]) * cost.network +
    (2 * macs + 2 * (macs - sum[2])) * cost.registers
  );
}

/** Uses of all elements of a tensor that reach main memory, the buffer, and the network. */
type Totals = readonly [memory: number, buffer: number, network: number];

function totalsOf(shape: ConvShape, { m, n, e, p, q, r, t }: RowStationaryParameters) {
  const { N, C, M, R, S, E, F, groups } = shape;
  const filterSets = sumOverBlocks(M, m, p);
  const channelSets = sumOverBlocks(C, q * r, q);
  const strips = Math.ceil(E / e);
  const cols = colsOf(shape);
  const pixels = ((strips - 1) * rowsOf(shape, e) + rowsOf(shape, E - (strips - 1) * e)) * cols;
  const images = groups * N * C;
  // each strip once per block of filters; a pass reads it again; rows R·e of it go to the sets of t filters
  const input: Totals = [
    images * pixels * Math.ceil(M / m),
    images * pixels * sumOverBlocks(M, m, p * t),
    images * cols * R * E * filterSets,
  ];
  // each block of images and rows loads the filters again, unless they all stay; a weight goes to e elements
  const isResident = p * t >= M && q * r >= C;
  const weights = groups * M * C * R * S;
  const loads = weights * (isResident ? 1 : Math.ceil(N / n) * strips);
  const weight: Totals = [loads, loads, weights * (isResident ? Math.min(e, E) : Math.ceil(N / n) * E)];
  // sums leave once; the buffer gathers over blocks of channels, a column of elements over R rows and its sets
  const outputs = groups * N * M * E * F;
  const partialSum: Totals = [outputs, outputs * Math.ceil(C / (q * r)), outputs * R * channelSets];
  return { input, weight, partialSum };
}

/** Every element of the array does its share of a pass; the slowest decides. */
export function cyclesOf(
  { N, C, M, S, E, F, groups }: ConvShape,
  { m, e, p, q, r, t }: RowStationaryParameters,
): number {
  const shares = (extent: number, block: number, each: number) => {
    const rest = extent % block;
    return Math.floor(extent / block) * Math.min(block, each) + Math.min(rest, each);
  };
  const lastFilters = M % m;
  const filters = Math.floor(M / m) * shares(m, p * t, p) + shares(lastFilters, p * t, p);
  return groups * Math.ceil(E / e) * N * F * S * shares(C, q * r, q) * filters;
}

/** a, b, c, d from the totals and all uses. */
const chain = (elements: number, uses: number, [memory, buffer, network]: Totals): Reuse => ({
  a: memory / elements,
  b: buffer / memory,
  c: network / buffer,
  d: uses / network,
});

/** A sum is written to memory a times and read back a − 1 times; elsewhere each read has its write. */
function writesOf(reuse: Reuse): LevelCounts {
  const { buffer, network, registers } = partialSumAccesses(reuse);
  return { mainMemory: reuse.a, buffer: buffer / 2, network, registers: registers / 2 };
}

/** Whole counts: an average times the number of elements is one but for rounding. */
const scaled = (counts: LevelCounts, elements: number): LevelCounts =>
  Object.fromEntries(levels.map((level) => [level, Math.round(counts[level] * elements)])) as unknown as LevelCounts;

/** Σ ⌈size/part⌉ over blocks of `block` and the rest. */
const sumOverBlocks = (extent: number, block: number, part: number): number =>
  Math.floor(extent / block) * Math.ceil(block / part) + Math.ceil((extent % block) / part);
