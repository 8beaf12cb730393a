/** @file The cheapest table: Hamming distances at the four registers, no netlist. */

import type { Draws } from "./draw.ts";
import { type BehaviouralWeights, behaviouralEnergy, type Widths } from "./hamming.ts";
import type { WeightTable } from "./weight-table.ts";

export function behaviouralTable(draws: Draws, widths: Widths, weights?: BehaviouralWeights): WeightTable {
  const { count, from, to } = draws;
  const half = 2 ** (widths.weightBits - 1);
  const energies = Float64Array.from({ length: 2 * half }, (_, index) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const before = { a: from.a[i]!, p: from.p[i]! };
      const after = { a: to.a[i]!, p: to.p[i]! };
      sum += behaviouralEnergy(index - half, before, after, widths, weights);
    }
    return sum / count;
  });
  return {
    weightBits: widths.weightBits,
    energies,
    unit: "relative",
    origin: { level: "behavioural", stimulus: draws.description },
  };
}
