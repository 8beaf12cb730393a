/**
 * @file LutNetwork: a trained network of lookup tables as plain data: thresholds on raw features, layers of tables,
 * equal groups of outputs that are counted. The class is the group with the most ones; of equal groups the first.
 * DWN, arXiv 2410.11112: thermometer, LUT layers and GroupSum.
 */

/** What a sample consists of. */
export type InputFormat =
  | {
      readonly dtype: "uint8";
      /** Features of a sample; for images all pixels of all channels, in the order of the raw bytes. */
      readonly features: number;
      /**
       * The value that thresholds are compared with, if it is not the raw byte itself: raw·scale + offset, each step
       * rounded to float32; scale > 0.
       */
      readonly affine?: { readonly scale: number; readonly offset: number };
    }
  | { readonly dtype: "float32"; readonly features: number };

/** Bit b of the code is 1 where the value of feature `feature[b]` is greater than `threshold[b]`. Any subset, any order. */
export interface Encoder {
  readonly feature: Uint32Array;
  readonly threshold: Float64Array;
}

/** Tables of n inputs each. */
export interface LutLayer {
  /** Inputs of one table, 1 to {@link MOST_INPUTS}. */
  readonly n: number;
  /** [tables · n]: which bit of the layer before (or of the code) is input k of table j: `mapping[j·n + k]`. */
  readonly mapping: Uint32Array;
  /**
   * [tables · wordsPerTable(n)]: bit a of table j is its output at address a = Σ_k bit_k·2^k (the first input counts
   * least), packed from the low end.
   */
  readonly tables: Uint32Array;
}

export interface LutNetwork {
  readonly input: InputFormat;
  readonly encoder: Encoder;
  readonly layers: readonly LutLayer[];
  /** Equal groups of the last layer's outputs. */
  readonly classes: number;
  /** Zeros that complete the last group; 0 if absent. */
  readonly padding?: number;
}

export const MOST_INPUTS = 10;
export const MOST_CLASSES = 256;

/** 32-bit words that a table of n inputs takes. */
export const wordsPerTable = (n: number): number => Math.max(1, 2 ** (n - 5));

/** Tables in a layer. */
export const tableCount = (layer: LutLayer): number => layer.mapping.length / layer.n;

/** Outputs of the last layer (of the encoder if there is none) that one class counts, padding included. */
export const groupSize = (network: LutNetwork): number =>
  (outputCount(network) + (network.padding ?? 0)) / network.classes;

/** Bits that are counted. */
export function outputCount({ layers, encoder }: LutNetwork): number {
  const last = layers.at(-1);
  return last === undefined ? encoder.feature.length : tableCount(last);
}

/** Tables in the whole network. */
export const networkSize = (network: LutNetwork): number =>
  network.layers.reduce((sum, layer) => sum + tableCount(layer), 0);

/** The output of table j of a layer at an address. */
export function tableBit(layer: LutLayer, j: number, address: number): 0 | 1 {
  const word = layer.tables[j * wordsPerTable(layer.n) + (address >>> 5)]!;
  return ((word >>> (address & 31)) & 1) as 0 | 1;
}

/** Table j as one number: bit a is the output at address a. The INIT constant of a hardware lookup table. */
export function tableOf(layer: LutLayer, j: number): bigint {
  const words = wordsPerTable(layer.n);
  let table = 0n;
  for (let w = words - 1; w >= 0; w--) table = (table << 32n) | BigInt(layer.tables[j * words + w]!);
  return layer.n < 5 ? table & ((1n << (1n << BigInt(layer.n))) - 1n) : table;
}

/** Packed tables from trained reals [tables, 2^n]: a bit is 1 where the entry is greater than 0. */
export function packTables(entries: ArrayLike<number>, n: number): Uint32Array {
  const [size, words] = [2 ** n, wordsPerTable(n)];
  const tables = new Uint32Array((entries.length / size) * words);
  for (let i = 0; i < entries.length; i++) {
    if (entries[i]! <= 0) continue;
    const [j, address] = [Math.floor(i / size), i % size];
    tables[j * words + (address >>> 5)]! |= 2 ** (address & 31);
  }
  return tables;
}

/** The value of a raw byte that thresholds are compared with. */
export function valueOfByte(input: InputFormat & { dtype: "uint8" }, raw: number): number {
  const { affine } = input;
  if (affine === undefined) return raw;
  return Math.fround(Math.fround(raw * Math.fround(affine.scale)) + Math.fround(affine.offset));
}

/**
 * The threshold on raw bytes that is equal to bit b: value > threshold is raw > the result; −1 if always, 255 if never.
 */
export function byteThreshold(input: InputFormat & { dtype: "uint8" }, threshold: number): number {
  let below = -1;
  while (below < 255 && !(valueOfByte(input, below + 1) > threshold)) below++;
  return below;
}
