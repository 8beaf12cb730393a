/** @file What stands between stored examples and a network, and one raw value as the network sees it, in float32 steps. */

import { sizeOf } from "./tensor.ts";

/** x̂ = (x·scale − mean)/std, per channel or feature (axis 1). */
export interface Normalisation {
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

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
