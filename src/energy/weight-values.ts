/**
 * @file Prices that depend on the weight: a table of energies, one for each value that a multiplier may hold, and how often a layer
 * has each value. The table comes with the machine, from whoever simulated the netlist; nothing is simulated here.
 */

import { fail } from "../base/errors.ts";
import type { Price } from "../machines/index.ts";
import type { Histogram } from "./activity.ts";

/** By the name of a layer: how often its weights have each integer value, zero points taken off. */
export type WeightValues = Readonly<Record<string, Histogram>>;

export interface ByWeights {
  /** Mean over the layer's weights, as a multiple of the table's mean, which is the price. */
  readonly factor: number;
  readonly text: string;
}

/**
 * Σ n(v)·E(v) / Σ n(v) over the mean of the table, so that energy = price × quantity holds as for every price.
 * @returns undefined where the price has no table, or the weights are not known: the price is then the mean over all values
 * @throws FemtoError `energy.weights` for weights beyond the table
 */
export function byWeights(
  { table, energy, id }: Price,
  values: Histogram | undefined,
  layer: string,
): ByWeights | undefined {
  if (table === undefined || values === undefined || energy.mid === 0) return undefined;
  const half = table.weights.length / 2;
  let [sum, count] = [0, 0];
  for (const [i, times] of values.counts.entries()) {
    if (times === 0) continue;
    const weight = values.least + i;
    const entry = table.weights[weight + half];
    if (entry === undefined) {
      return fail({
        code: "energy.weights",
        where: `layer ${layer}`,
        message: `a weight is beyond the table of ${id}`,
        expected: `${-half} … ${half - 1}`,
        got: String(weight),
      });
    }
    sum += times * entry;
    count += times;
  }
  if (count === 0) return undefined;
  const mean = table.weights.reduce((all, entry) => all + entry, 0) / table.weights.length;
  const factor = sum / count / mean;
  return { factor, text: `${Number(factor.toPrecision(4))} (mean over the layer's weights against that of the table)` };
}
