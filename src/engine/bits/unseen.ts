/**
 * @file Addresses that a data set never reaches, and tables in which they do not matter: fewer inputs, smaller logic, the
 * same answers on that data set. On other data the answers may differ: measure.
 */

import { filled } from "./dont-care.ts";
import type { Samples } from "./engine.ts";
import { type LutLayer, type LutNetwork, tableCount, valueOfByte, wordsPerTable } from "./network.ts";
import { validated } from "./validate.ts";

/** For every layer [tables, 2^n]: how many samples read each entry. */
export function addressCounts(network: LutNetwork, samples: Samples): Uint32Array[] {
  const { input, encoder, layers } = network;
  const { features } = input;
  const counts = layers.map((layer) => new Uint32Array(tableCount(layer) * 2 ** layer.n));
  const values = [encoder.feature.length, ...layers.map(tableCount)].map((size) => new Uint8Array(size));
  const byteValues = Float32Array.from({ length: 256 }, (_, raw) =>
    input.dtype === "uint8" ? valueOfByte(input, raw) : 0,
  );
  for (let start = 0; start < samples.length; start += features) {
    const code = values[0]!;
    for (let b = 0; b < code.length; b++) {
      const raw = samples[start + encoder.feature[b]!]!;
      code[b] = (input.dtype === "uint8" ? byteValues[raw]! : raw) > encoder.threshold[b]! ? 1 : 0;
    }
    layers.forEach((layer, i) => {
      countLayer(layer, values[i]!, values[i + 1]!, counts[i]!);
    });
  }
  return counts;
}

function countLayer({ n, mapping, tables }: LutLayer, from: Uint8Array, to: Uint8Array, counts: Uint32Array): void {
  const words = wordsPerTable(n);
  for (let j = 0, slot = 0; j < to.length; j++) {
    let address = 0;
    for (let k = 0; k < n; k++, slot++) address |= from[mapping[slot]!]! << k;
    counts[(j << n) + address]!++;
    to[j] = (tables[j * words + (address >>> 5)]! >>> (address & 31)) & 1;
  }
}

/**
 * The network with entries that fewer than `least` samples read set so that as few inputs as possible count.
 * With `least` 1 it answers every one of those samples as before.
 * @param counts of {@link addressCounts}
 */
export function withoutUnseen(network: LutNetwork, counts: readonly Uint32Array[], least = 1): LutNetwork {
  const layers = network.layers.map((layer, i): LutLayer => {
    const { n } = layer;
    const words = wordsPerTable(n);
    const tables = new Uint32Array(layer.tables.length);
    for (let j = 0; j < tableCount(layer); j++) {
      const care = new Uint32Array(words);
      for (let address = 0; address < 2 ** n; address++) {
        if (counts[i]![(j << n) + address]! >= least) care[address >>> 5]! |= 1 << (address & 31);
      }
      tables.set(filled(layer.tables.subarray(j * words, (j + 1) * words), care, n), j * words);
    }
    return { ...layer, tables };
  });
  return validated({ ...network, layers });
}
