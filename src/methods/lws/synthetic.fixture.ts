/** @file Layers and tables for tests: bell-shaped weights with a gradient and a Fisher term, tables drawn at random. */

import { Rng } from "../../base/rng.ts";
import type { WeightTable } from "../../circuits/characterise/index.ts";
import type { SelectableLayer } from "./tally.ts";

/** 256 energies; 0 is the cheapest. */
export function randomTable(seed: number): WeightTable {
  const rng = new Rng(seed, "table");
  const energies = Float64Array.from({ length: 256 }, (_, at) => (at === 128 ? 10 : 20 + 30 * rng.uniform()));
  return { weightBits: 8, energies, unit: "relative", origin: { level: "measured", stimulus: "random numbers" } };
}

export function randomLayer(seed: number, options: { count?: number; spread?: number } = {}): SelectableLayer {
  const { count = 600, spread = 30 } = options;
  const rng = new Rng(seed, "layer");
  const outputs = 4;
  return {
    name: `layer ${seed}`,
    outputs,
    weights: Int8Array.from({ length: count }, () => Math.max(-127, Math.min(127, Math.round(spread * rng.normal())))),
    scales: Array.from({ length: outputs }, () => 0.002 + 0.01 * rng.uniform()),
    gradient: Float64Array.from({ length: count }, () => 0.01 * rng.normal()),
    fisher: Float64Array.from({ length: count }, () => rng.uniform()),
  };
}
