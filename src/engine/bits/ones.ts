/** @file How often the bits of a lookup-table network are one. */

import type { Samples } from "./engine.ts";
import { type LutNetwork, tableBit, tableCount } from "./network.ts";
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
