/** @file One raw value as a network sees it: what the batch does in the graph, in the same float32 steps. */

import { sizeOf } from "../base/tensor.ts";
import type { Normalisation } from "../data/index.ts";

/**
 * The normalised value of a raw one, by feature of an example (row-major over `shape`); bit for bit what
 * `emitNormalisation` computes.
 */
export function normaliser(
  shape: readonly number[],
  normalisation: Normalisation | undefined,
): (raw: number, feature: number) => number {
  if (normalisation === undefined) return (raw) => Math.fround(raw);
  const { scale, mean, std } = normalisation;
  const each = sizeOf(shape) / std.length;
  const factors = std.map((s) => Math.fround(scale / s));
  const offsets = std.map((s, c) => Math.fround(-mean[c]! / s));
  return (raw, feature) => {
    const channel = Math.floor(feature / each);
    return Math.fround(Math.fround(Math.fround(raw) * factors[channel]!) + offsets[channel]!);
  };
}
