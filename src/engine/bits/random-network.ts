/**
 * @file Lookup-table networks with random tables and a realistic shape: what engines are measured on where no trained
 * network is at hand. Random tables are the worst case of logic: a trained table folds at least as well.
 */

import { Rng } from "../../base/rng.ts";
import { type InputFormat, type LutLayer, type LutNetwork, wordsPerTable } from "./network.ts";
import { validated } from "./validate.ts";

export interface RandomShape {
  readonly input: InputFormat;
  /** Distinct thermometer bits in use. */
  readonly codeBits: number;
  /** Thresholds that one feature may have. */
  readonly bitsPerFeature: number;
  /** Tables of every layer. */
  readonly layers: readonly number[];
  /** Inputs of a table. */
  readonly n: number;
  readonly classes: number;
  readonly padding?: number;
}

/** MNIST at 3 bits a pixel, as DWN's authors train it: 994 of 2 352 bits differ on the training set; 2 000 + 1 000 LUT6. */
export const mnistShape: RandomShape = {
  input: { dtype: "uint8", features: 784 },
  codeBits: 994,
  bitsPerFeature: 3,
  layers: [2000, 1000],
  n: 6,
  classes: 10,
};

export function randomNetwork(shape: RandomShape, seed: number): LutNetwork {
  const { input, codeBits, bitsPerFeature, classes, padding } = shape;
  const rng = new Rng(seed, "lut-network");
  // Which of the features' slots are in use, in ascending order as a thermometer writes them.
  const slots = rng
    .permutation(input.features * bitsPerFeature)
    .subarray(0, codeBits)
    .toSorted();
  const feature = slots.map((slot) => Math.floor(slot / bitsPerFeature));
  const threshold = Float64Array.from(slots, () =>
    input.dtype === "uint8" ? rng.below(255) : Math.fround(rng.normal()),
  );
  const layers: LutLayer[] = [];
  let width = codeBits;
  for (const tables of shape.layers) {
    layers.push(randomLayer(rng, tables, width, shape.n));
    width = tables;
  }
  return validated({ input, encoder: { feature, threshold }, layers, classes, padding: padding ?? 0 });
}

/** Mapping of independent permutations, so that use counts differ by at most one; tables of fair coins. */
function randomLayer(rng: Rng, tables: number, width: number, n: number): LutLayer {
  const mapping = new Uint32Array(tables * n);
  for (let start = 0; start < mapping.length; start += width) {
    mapping.set(rng.permutation(width).subarray(0, Math.min(width, mapping.length - start)), start);
  }
  const words = Uint32Array.from({ length: tables * wordsPerTable(n) }, () => rng.uint32());
  return { n, mapping, tables: n < 5 ? words.map((word) => word & (2 ** (2 ** n) - 1)) : words };
}

/** Random raw samples: bytes with many zeros, as images of digits have them, or standard normal numbers. */
export function randomSamples(
  input: InputFormat,
  count: number,
  seed: number,
): Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  const rng = new Rng(seed, "samples");
  const length = count * input.features;
  if (input.dtype === "float32") return Float32Array.from({ length }, () => rng.normal());
  return Uint8Array.from({ length }, () => (rng.uniform() < 0.5 ? 0 : rng.below(256)));
}
