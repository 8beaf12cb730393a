/** @file What fetching the weights of each layer costs, with the weights at their own widths and with indices of a codebook instead. */

import type { Machine } from "../machines/index.ts";
import { bill } from "./bill.ts";
import type { MappingOptions } from "./mapping.ts";
import type { Counts } from "./node-cost.ts";
import type { StoredWeights } from "./stored-weights.ts";
import type { LayerWidths } from "./width.ts";

export interface WeightTraffic {
  readonly layer: string;
  /** pJ of an inference, by the machine's prices alone (`mid`). */
  readonly before: number;
  readonly after: number;
}

/**
 * By the bill's cause `weights`.
 * @param stored layers whose weights are stored as indices; the others stay as they are
 * @throws FemtoError as `bill`
 */
export function weightTraffic(
  counts: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  stored: StoredWeights,
  options: MappingOptions = {},
): WeightTraffic[] {
  const plain = bill(counts, machine, widths, options).rows;
  const coded = stored.size === 0 ? plain : bill(counts, machine, widths, { ...options, stored }).rows;
  return plain.flatMap(({ layer, nW, byCause }, i) =>
    nW === 0 ? [] : [{ layer, before: byCause.weights.mid, after: coded[i]!.byCause.weights.mid }],
  );
}
