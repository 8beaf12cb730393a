/** @file Savings of switching energy as text: each beside its ceiling, one table for each unit with its gating. */

import { percentText } from "../reports/format.ts";
import { storageCells, storageHead, storageNote } from "../reports/weight-selection/storage.ts";
import type { ExperimentResult } from "../runs/index.ts";
import { alignColumns } from "./output.ts";

const head = ["experiment", "row", "accuracy", "against int8", "saving", "ceiling", "of it", "zeros", "k by layer", ""];

type Titled = NonNullable<ExperimentResult["selection"]>[number] & { readonly title: string };

/** Lines; none where no row restricts weights. */
export function savingsText(results: readonly ExperimentResult[]): string[] {
  const all = results.flatMap(({ title, selection = [] }) => selection.map((row) => ({ title, ...row })));
  const bases = [...new Set(all.map(({ basis }) => basis))];
  return [...bases.flatMap((basis) => savingsOn(basis, all)), ...storageText(results)];
}

/** Weights in store, a table of its own: memory is no switching. */
function storageText(results: readonly ExperimentResult[]): string[] {
  const all = results.flatMap(({ storage = [] }) => storage);
  if (all.length === 0) return [];
  const titles = results.flatMap(({ title, storage = [] }) => storage.map(() => title));
  const cells = storageCells(all).map((own, i) => [titles[i]!, ...own]);
  return ["", storageNote(all), alignColumns([["experiment", ...storageHead], ...cells], [0, 1, 3])];
}

function savingsOn(basis: string, all: readonly Titled[]): string[] {
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
}
