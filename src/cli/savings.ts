/** @file Savings of switching energy as text: each beside its ceiling, one table for each unit with its gating. */

import { percentText } from "../reports/format.ts";
import {
  atEqualAccuracy,
  equalCells,
  equalHead,
  equalNote,
  overSeedsCells,
  overSeedsHead,
} from "../reports/weight-selection/equal-accuracy.ts";
import { storageCells, storageHead, storageNote } from "../reports/weight-selection/storage.ts";
import { methodNames } from "../reports/weight-selection/table.ts";
import { timingCells, timingHead, timingNote } from "../reports/weight-selection/timing.ts";
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

/** What each method saves at the accuracy of another, experiment by experiment. */
function equalText(rows: readonly Titled[]): string[] {
  const titles = [...new Set(rows.map(({ title }) => title))];
  const readings = titles.map((title) => {
    const own = rows.filter((row) => row.title === title).map((row) => ({ ...row, layers: [] }));
    return { title, found: atEqualAccuracy(own) };
  });
  const table = (head: readonly string[], lines: typeof equalCells, text: readonly number[]) => {
    const cells = readings.flatMap(({ title, found }) =>
      lines(found, (method) => methodNames[method]).map((line) => [title, ...line]),
    );
    return cells.length === 0 ? [] : ["", alignColumns([["experiment", ...head], ...cells], text)];
  };
  const bySeed = table(equalHead, equalCells, [0, 1, 3]);
  if (bySeed.length === 0) return [];
  return ["", equalNote, ...bySeed.slice(1), ...table(overSeedsHead, overSeedsCells, [0, 1, 2])];
}

/** Rows chosen by delay, too: the supply that their values allow. */
function timingText(rows: readonly Titled[]): string[] {
  const cells = timingCells(rows);
  return cells.length === 0 ? [] : ["", ...timingNote(rows), alignColumns([timingHead, ...cells], [0, 2])];
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
    ...equalText(all.filter((row) => row.basis === basis)),
    ...timingText(all.filter((row) => row.basis === basis)),
  ];
}
