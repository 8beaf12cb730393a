/** @file The slow, obvious evaluation of a lookup-table network: one sample, one table at a time. The others are held to it. */

import { groupSize, type LutLayer, type LutNetwork, tableBit, tableCount, valueOfByte } from "./network.ts";

export interface Evaluation {
  /** The thermometer code, then the outputs of every layer: one byte, 0 or 1, a bit. */
  readonly layers: readonly Uint8Array[];
  /** Ones of every class. */
  readonly sums: readonly number[];
  /** The class with the most ones; of equal ones the first. */
  readonly class: number;
}

/** Evaluates one sample of raw features. */
export function evaluate(network: LutNetwork, sample: ArrayLike<number>): Evaluation {
  const layers = [encode(network, sample)];
  for (const layer of network.layers) layers.push(lookUp(layer, layers.at(-1)!));
  const outputs = layers.at(-1)!;
  const size = groupSize(network);
  const sums = Array.from({ length: network.classes }, (_, k) =>
    outputs.subarray(k * size, (k + 1) * size).reduce((sum, bit) => sum + bit, 0),
  );
  return { layers, sums, class: sums.indexOf(Math.max(...sums)) };
}

/** The classes of samples that lie one after the other. */
export function classifyReference(network: LutNetwork, samples: Uint8Array | Float32Array): Uint8Array {
  const { features } = network.input;
  return Uint8Array.from(
    { length: samples.length / features },
    (_, i) => evaluate(network, samples.subarray(i * features, (i + 1) * features)).class,
  );
}

function encode({ input, encoder }: LutNetwork, sample: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(encoder.feature, (feature, bit) => {
    const raw = sample[feature]!;
    const value = input.dtype === "uint8" ? valueOfByte(input, raw) : raw;
    return value > encoder.threshold[bit]! ? 1 : 0;
  });
}

function lookUp(layer: LutLayer, bits: Uint8Array): Uint8Array {
  const { n, mapping } = layer;
  return Uint8Array.from({ length: tableCount(layer) }, (_, j) => {
    let address = 0;
    for (let k = 0; k < n; k++) address |= bits[mapping[j * n + k]!]! << k;
    return tableBit(layer, j, address);
  });
}
