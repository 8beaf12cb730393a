/** @file What a lookup-table network does for one sample, counted, and how often its bits are one. */

import type { Samples } from "./engine.ts";
import { toNetlist } from "./netlist.ts";
import { groupSize, type LutNetwork, outputCount, tableBit, tableCount } from "./network.ts";
import { simplified } from "./simplify.ts";
import { addressCounts } from "./unseen.ts";

/** Share of ones of every table's output on raw samples, by layer. */
export function shareOfOnes(network: LutNetwork, samples: Samples): Float64Array[] {
  const count = samples.length / network.input.features;
  return addressCounts(network, samples).map((counts, i) => {
    const layer = network.layers[i]!;
    const size = 2 ** layer.n;
    return Float64Array.from({ length: tableCount(layer) }, (_, j) => {
      let ones = 0;
      for (let a = 0; a < size; a++) if (tableBit(layer, j, a) === 1) ones += counts[j * size + a]!;
      return ones / count;
    });
  });
}

/** Width of a feature where it is no byte: what such features are quantised to before they reach a circuit. */
const FEATURE_BITS = 8;

/** Counts of one inference: what `energy` prices. */
export function workOf(network: LutNetwork) {
  const isBytes = network.input.dtype === "uint8";
  // Bits that some table reads, each once.
  const { bits } = simplified(toNetlist(network));
  return {
    inputBits: FEATURE_BITS * new Set(bits.map(({ feature }) => feature)).size,
    comparators: bits.map(({ threshold }) => (isBytes ? comparedBits(threshold) : FEATURE_BITS)),
    layers: network.layers.map((layer, i) => ({ name: `layer ${i + 1}`, tables: tableCount(layer) })),
    classes: network.classes,
    counted: Math.min(groupSize(network), outputCount(network)),
  };
}

/** x > t is x ≥ t + 1: the bits below the lowest one of t + 1 decide nothing. */
export function comparedBits(threshold: number): number {
  let [rest, bits] = [threshold + 1, FEATURE_BITS];
  while (bits > 1 && (rest & 1) === 0) [rest, bits] = [rest >> 1, bits - 1];
  return bits;
}
