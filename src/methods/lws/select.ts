/**
 * @file Which values a layer keeps: greedy backward elimination by energy saved against loss caused [source: LWS, arXiv
 * 2511.17123, selection that weighs energy against accuracy; the score and its second-order loss are reconstructed].
 *
 * With δ = (π_S(w) − w)·s, taking v from S moves its weights to their next nearest member S′:
 *   ΔE_v = Σ [Ē(v) − Ē(π_S′(w))],  ΔL_v = max(0, Σ g·(δ′ − δ) + ½F·(δ′² − δ²)) + ε.
 */

import { fail } from "../../base/errors.ts";
import { energyAt, type WeightTable } from "../../circuits/characterise/index.ts";
import { type SelectableLayer, type Tally, tallyWeights } from "./tally.ts";
import { checkValueSet, nearer, projection, SMALLEST_SET } from "./value-set.ts";

/** By what values are taken out: both (the method), or one alone (its ablations). */
export type Score = "ratio" | "energy-only" | "loss-only";

/** What keeping a set costs: Σ Ē(π_S(w)) in the table's unit, and the foretold change of the loss. */
export interface SetCost {
  readonly energy: number;
  readonly loss: number;
}

export interface Selection {
  /** Ascending, with 0. */
  readonly values: readonly number[];
  readonly before: SetCost;
  readonly after: SetCost;
}

export interface SelectOptions {
  /** k: how many values stay, at least 3. A layer that uses fewer keeps those. */
  size: number;
  score?: Score;
  /** The set to start from: all values that the layer uses, and 0, by default. */
  from?: readonly number[];
}

/** ε: losses below this are no losses. */
const LEAST_LOSS = 1e-9;

interface Removal {
  readonly value: number;
  readonly score: number;
}

const scores: Readonly<Record<Score, (saved: number, loss: number) => number>> = {
  ratio: (saved, loss) => (saved > 0 ? saved / loss : (saved * loss) / LEAST_LOSS),
  "energy-only": (saved) => saved,
  "loss-only": (_, loss) => -loss,
};

/** The cost of a set from the tally alone. @throws FemtoError `lws.set` */
export function costOf(
  { weightBits, counts, slopes, curvatures }: Tally,
  values: readonly number[],
  table: WeightTable,
) {
  const half = 2 ** (weightBits - 1);
  const nearest = projection(values, table);
  let [energy, loss] = [0, 0];
  for (let at = 0; at < counts.length; at++) {
    if (counts[at] === 0) continue;
    const steps = nearest[at]! - (at - half);
    energy += counts[at]! * energyAt(table, nearest[at]!);
    loss += slopes[at]! * steps + curvatures[at]! * steps * steps;
  }
  return { energy, loss } satisfies SetCost;
}

/** Scores of taking out each value but 0. Only weights of that value move, and only to its two neighbours. */
function removals(sorted: readonly number[], tally: Tally, table: WeightTable, score: Score): Removal[] {
  const half = 2 ** (tally.weightBits - 1);
  const nearest = projection(sorted, table);
  return sorted.flatMap((value, i) => {
    if (value === 0) return [];
    const [low, high] = [sorted[i - 1], sorted[i + 1]];
    let [isUsed, saved, loss] = [false, 0, 0];
    const [from, to] = [low === undefined ? 0 : low + half, high === undefined ? 2 * half - 1 : high + half];
    for (let at = from; at <= to; at++) {
      const count = tally.counts[at]!;
      if (count === 0 || nearest[at] !== value) continue;
      isUsed = true;
      const weight = at - half;
      const next = low === undefined ? high! : high === undefined ? low : nearer(weight, low, high, table);
      const [steps, stepsNext] = [value - weight, next - weight];
      saved += count * (energyAt(table, value) - energyAt(table, next));
      loss += tally.slopes[at]! * (stepsNext - steps) + tally.curvatures[at]! * (stepsNext ** 2 - steps ** 2);
    }
    return [{ value, score: isUsed ? scores[score](saved, Math.max(0, loss) + LEAST_LOSS) : Infinity }];
  });
}

/**
 * Takes values out, the best-scoring sixteenth at a time, until `size` are left. Values that no weight has go first, 0 never.
 * @throws FemtoError `lws.set-size`, `lws.set`, and those of `tallyWeights`
 */
export function selectWeights(layer: SelectableLayer, table: WeightTable, options: SelectOptions): Selection {
  const { size, score = "ratio" } = options;
  if (!Number.isInteger(size) || size < SMALLEST_SET) {
    fail({
      code: "lws.set-size",
      where: `layer ${layer.name} › set`,
      message: "not a size of a set",
      expected: `an integer of at least ${SMALLEST_SET}`,
      got: String(size),
    });
  }
  const tally = tallyWeights(layer, table.weightBits);
  const half = 2 ** (table.weightBits - 1);
  const used = Array.from(tally.counts.keys(), (at) => at - half).filter((v) => v === 0 || tally.counts[v + half]! > 0);
  if (options.from === undefined && used.length < SMALLEST_SET) {
    fail({
      code: "lws.set-size",
      where: `layer ${layer.name} › set`,
      message: "the layer uses too few values to choose from",
      expected: `at least ${SMALLEST_SET} with 0`,
      got: used.join(", "),
      hint: "leave this layer as it is",
    });
  }
  let values = checkValueSet(options.from ?? used, table.weightBits, `layer ${layer.name} › set`);
  const before = costOf(tally, values, table);
  while (values.length > size) {
    const count = Math.min(values.length - size, Math.max(1, Math.floor(values.length / 16)));
    const ranked = removals(values, tally, table, score).sort(
      // The order of equals is fixed: the dearer first, then the larger.
      (a, b) =>
        (a.score === b.score ? 0 : b.score - a.score) ||
        energyAt(table, b.value) - energyAt(table, a.value) ||
        b.value - a.value,
    );
    const out = new Set(ranked.slice(0, count).map(({ value }) => value));
    values = values.filter((value) => !out.has(value));
  }
  return { values, before, after: costOf(tally, values, table) };
}
