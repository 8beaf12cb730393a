/** @file Savings of switching energy as text: each beside its ceiling, one table for each unit with its gating. */

import { percentText } from "../reports/format.ts";
import type { ExperimentResult } from "../runs/index.ts";
import { alignColumns } from "./output.ts";

const head = ["experiment", "row", "accuracy", "against int8", "saving", "ceiling", "of it", "zeros", "k by layer", ""];

/** Lines; none where no row restricts weights. */
export function savingsText(results: readonly ExperimentResult[]): string[] {
  const all = results.flatMap(({ title, selection = [] }) => selection.map((row) => ({ title, ...row })));
  const bases = [...new Set(all.map(({ basis }) => basis))];
  return bases.flatMap((basis) => {
    const cells = all
      .filter((row) => row.basis === basis)
      .map(({ title, seed, name, accuracy, saving, ceiling, zeros, sets, detail }) => [
        `${title}, seed ${seed}`,
        name,
        percentText(accuracy.value),
        `${(100 * (accuracy.value - accuracy.baseline)).toFixed(2)} points`,
        percentText(saving),
        percentText(ceiling),
        percentText(saving / ceiling),
        percentText(zeros.after),
        sets.map((size) => size ?? "all").join(" "),
        detail,
      ]);
    return [
      "",
      `Switching of the multiply-accumulate units, ${basis} (not of a chip; ceiling: all weights zero):`,
      alignColumns([head, ...cells], [0, 1, 8, 9]),
    ];
  });
}
