/**
 * @file What fetching the weights of each layer costs, with the weights at their own widths and with the narrower indices of a
 * codebook in their place: the memories hold and move indices, the table is looked up where the weights are used.
 */

import type { Machine } from "../machines/index.ts";
import { bill } from "./bill.ts";
import type { MappingOptions } from "./mapping.ts";
import type { Counts } from "./node-cost.ts";
import { bitsOfWidth, type LayerWidths } from "./width.ts";

/** How a layer's weights are stored: bits of each, and bits of what is stored beside them. */
export interface StoredWidth {
  readonly bits: number;
  readonly tableBits: number;
}

export interface WeightTraffic {
  readonly layer: string;
  /** pJ of an inference, by the machine's prices alone (`mid`). */
  readonly before: number;
  readonly after: number;
}

/**
 * By the bill's cause `weights`. The table is paid like as many bits of weights, so it is fetched as often as they are; looking
 * up in it, one entry a weight that arrives, has no price here.
 * @param stored layers whose weights are stored as indices; the others stay as they are
 * @throws FemtoError as `bill`
 */
export function weightTraffic(
  counts: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  stored: ReadonlyMap<string, StoredWidth>,
  options: MappingOptions = {},
): WeightTraffic[] {
  const narrow = widths.map((entry) => ({ ...entry, weight: stored.get(entry.layer)?.bits ?? entry.weight }));
  const isSame = narrow.every(({ weight }, i) => weight === widths[i]!.weight);
  const plain = bill(counts, machine, widths, options).rows;
  const coded = isSame ? plain : bill(counts, machine, narrow, options).rows;
  return plain.flatMap(({ layer, nW, weight, byCause }, i) => {
    if (nW === 0) return [];
    const before = byCause.weights.mid;
    const own = stored.get(layer);
    const bits = nW * (own?.bits ?? bitsOfWidth(weight));
    const after = coded[i]!.byCause.weights.mid * (own === undefined ? 1 : 1 + own.tableBits / bits);
    return [{ layer, before, after }];
  });
}
