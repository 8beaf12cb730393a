/** @file Restricted weights in a terminal: a table for each basis, its layers, and what qualifies the figures. */

import { formatEnergy, pJ } from "../../base/units.ts";
import { percentText } from "../format.ts";
import { wrap } from "../wrap.ts";
import { atEqualAccuracy, equalCells, equalHead, equalNote } from "./equal-accuracy.ts";
import type { SelectionLayer, WeightSelection } from "./schema.ts";
import { storageCells, storageHead, storageLayerCells, storageLayerHead, storageNote } from "./storage.ts";
import { basisLines, groupsOf, methodNames, type SelectionGroup, selectionColumns, selectionNotes } from "./table.ts";
import { timingCells, timingHead, timingNote } from "./timing.ts";

/** Plain lines, without a last line break. */
export function selectionLines(selection: WeightSelection, width: number): string[] {
  const groups = groupsOf(selection).flatMap(({ basis, title, rows }) => {
    const shown = fitting(
      rows.map((row) => selectionColumns.map((column) => column.cell(row))),
      width,
    );
    // The page has the others.
    const layers = rows.filter((row) => row.layers.length > 0 && row.method === "lws").slice(0, 1);
    return [
      ...wrap(`Switching of multiply-accumulates ${title}`, width, "  "),
      ...shown,
      ...layers.flatMap((row) => ["", `Layers of ${row.name}, per inference`, ...layerLines(row.layers, width)]),
      ...equalLines(rows, width),
      ...timingLines(rows, width),
      ...basisLines(basis).flatMap((text) => wrap(text, width, "  ")),
      "",
    ];
  });
  const notes = selectionNotes(selection).flatMap((text) => wrap(text, width, "  "));
  return [...groups, ...notes, ...storageLines(selection, width)];
}

/** What each method saves at the accuracy of another. */
function equalLines(rows: SelectionGroup["rows"], width: number): string[] {
  const cells = equalCells(atEqualAccuracy(rows), (method) => methodNames[method]);
  if (cells.length === 0) return [];
  const table = fitted([equalHead, ...cells], [0, 1, 2, 4, 5], width);
  return ["", "Savings at equal accuracy", ...table, ...wrap(equalNote, width, "  ")];
}

/** Delays and supply, where rows were chosen by them. */
function timingLines(rows: SelectionGroup["rows"], width: number): string[] {
  const cells = timingCells(rows);
  if (cells.length === 0) return [];
  const table = fitted([timingHead, ...cells], [0, 2, 5, 8], width);
  return ["", "Timing and supply", ...table, ...timingNote(rows).flatMap((text) => wrap(text, width, "  "))];
}

/** All columns where they fit, else the narrow choice. */
function fitted(rows: readonly (readonly string[])[], narrow: readonly number[], width: number): string[] {
  const kept = (columns: readonly number[]) =>
    grid(
      rows.map((cells) => columns.map((i) => cells[i]!)),
      columns.map((i) => i === 0),
    );
  const lines = kept([...rows[0]!.keys()]);
  return lines.every((line) => [...line].length <= width) ? lines : kept(narrow);
}

/** Weights in store: of all networks, and by layer of the first that has codebooks. */
function storageLines({ storage = [] }: WeightSelection, width: number): string[] {
  if (storage.length === 0) return [];
  const shown = storage.find(({ layers }) => layers.some(({ indexBits }) => indexBits !== null));
  return [
    "",
    "Weights in store, and fetching them in an inference",
    ...fitted([storageHead, ...storageCells(storage)], [0, 3, 4, 7], width),
    ...(shown === undefined
      ? []
      : [
          "",
          `Layers of ${shown.row}`,
          ...fitted([storageLayerHead, ...storageLayerCells(shown)], [0, 2, 4, 6], width),
        ]),
    ...wrap(storageNote(storage), width, "  "),
  ];
}

function fitting(cells: readonly (readonly string[])[], width: number): string[] {
  const rows = [selectionColumns.map(({ title }) => title), selectionColumns.map(({ note }) => note), ...cells];
  let kept = [...selectionColumns.keys()];
  for (;;) {
    const lines = align(rows, kept);
    const worst = kept.reduce((one, i) => (selectionColumns[i]!.rank > selectionColumns[one]!.rank ? i : one));
    if (selectionColumns[worst]!.rank === 0 || lines.every((line) => [...line].length <= width)) return lines;
    kept = kept.filter((i) => i !== worst);
  }
}

const align = (rows: readonly (readonly string[])[], kept: readonly number[]): string[] =>
  grid(
    rows.map((cells) => kept.map((i) => cells[i]!)),
    kept.map((i) => selectionColumns[i]!.isText === true),
  );

function grid(rows: readonly (readonly string[])[], isText: readonly boolean[]): string[] {
  const size = (text: string) => [...text].length;
  const widths = isText.map((_, i) => Math.max(...rows.map((cells) => size(cells[i]!))));
  return rows.map((cells) =>
    cells
      .map((cell, i) => {
        const fill = " ".repeat(widths[i]! - size(cell));
        return isText[i] ? cell + fill : fill + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}

const valuesIn = (histogram: readonly number[]): number => histogram.filter((count) => count > 0).length;

function layerLines(layers: readonly SelectionLayer[], width: number): string[] {
  const head = ["layer", "values", "before", "after", "all zero", "share", "after"];
  const cells = layers.map(({ name, set, histogram, pJ: energy, share }) => [
    name,
    `${valuesIn(histogram.before)} → ${set?.length ?? valuesIn(histogram.after)}`,
    formatEnergy(pJ(energy.before)),
    formatEnergy(pJ(energy.after)),
    formatEnergy(pJ(energy.allZero)),
    percentText(share.before),
    percentText(share.after),
  ]);
  const lines = grid([head, ...cells], [true, false, false, false, false, false, false]);
  return lines.every((line) => [...line].length <= width)
    ? lines
    : grid(
        [head, ...cells].map((c) => c.slice(0, 4)),
        [true, false, false, false],
      );
}
