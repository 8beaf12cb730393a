/** @file The table of a report: its columns, used by the terminal and by the page. */

import { formatBytes } from "../base/units.ts";
import { bitsText, energyText, isInFloat32, isLoss, meanBits, ratioText, scoreText } from "./format.ts";
import type { Report, ReportRow } from "./schema.ts";

export interface Column {
  readonly title: string;
  /** Second line of the head: the unit, or where the numbers come from. */
  note(report: Report): string;
  cell(row: ReportRow, report: Report): string;
  readonly isText?: boolean;
  /** Columns with the highest number leave first where the terminal is narrow. */
  readonly rank: number;
}

export const columns: readonly Column[] = [
  { title: "row", note: () => "", cell: ({ name }) => name, isText: true, rank: 0 },
  {
    title: "accuracy",
    note: ({ rows }) => labels(rows.map(({ accuracy }) => accuracy.label)),
    cell: ({ accuracy }, { rows }) => scoreText(accuracy) + mark(accuracy.label, rows, (row) => row.accuracy.label),
    rank: 0,
  },
  {
    title: "energy / 8 bit",
    note: ({ rows }) => labels(rows.map(({ energy }) => energy.label)),
    cell: ({ energy }, { rows }) => ratioText(energy.relative) + mark(energy.label, rows, (row) => row.energy.label),
    rank: 0,
  },
  {
    title: "energy",
    note: () => "per inference",
    cell: ({ energy }, { machine }) => bound(energy) + energyText(energy.pJ, machine.unit),
    rank: 2,
  },
  { title: "file", note: () => "measured", cell: ({ bytes }) => formatBytes(bytes), rank: 3 },
  { title: "mean bits", note: () => "weight / input", cell: bitsCell, rank: 1 },
  { title: "equivalence", note: equivalenceNote, cell: equivalenceCell, isText: true, rank: 4 },
];

/** The head of a column; losses are no accuracies. */
export const titleOf = ({ title }: Column, { rows }: Report): string =>
  title === "accuracy" && rows.some(({ accuracy }) => isLoss(accuracy)) ? rows[0]!.accuracy.metric : title;

/** The mark of a lower bound: some operator has no price. */
export const bound = ({ isComplete }: { isComplete: boolean }): string => (isComplete ? "" : "≥ ");

/** The one label of a column, or all that occur. */
const labels = (found: readonly string[]): string => [...new Set(found)].join(", ");

/** A cell says its label itself where the column holds several. */
function mark(label: string, rows: readonly ReportRow[], of: (row: ReportRow) => string): string {
  return new Set(rows.map(of)).size > 1 ? ` (${label})` : "";
}

function bitsCell(row: ReportRow): string {
  if (isInFloat32(row)) return "float32";
  // Lookup tables have no operands to multiply.
  if (row.layers.every(({ mac }) => mac === 0)) return "–";
  const { weight, input } = meanBits(row);
  return `${bitsText(weight)} / ${bitsText(input)}`;
}

function equivalenceCell({ equivalence }: ReportRow): string {
  return equivalence.length === 0 ? "–" : equivalence.map(({ verdict }) => verdict).join(", ");
}

/** Which files the verdicts are about, in their order. */
function equivalenceNote({ rows }: Report): string {
  return [...new Set(rows.flatMap(({ equivalence }) => equivalence.map(({ artefact }) => artefact)))].join(", ");
}
