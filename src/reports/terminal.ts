/** @file The report in a terminal: the table, what it comes to, and the warnings. */

import { type Column, columns, titleOf } from "./columns.ts";
import { isLoss } from "./format.ts";
import type { Report, ReportRow } from "./schema.ts";
import { methodRows } from "./uniform-curve.ts";
import { boundNotes, energyNote, verdicts } from "./verdict.ts";
import { selectionLines } from "./weight-selection/terminal.ts";
import { wrap } from "./wrap.ts";

export interface TerminalOptions {
  /** Characters a line. */
  readonly width?: number;
  readonly color?: boolean;
}

const bold = "\u001B[1m";
const dim = "\u001B[2m";
const green = "\u001B[32m";
const yellow = "\u001B[33m";
const reset = "\u001B[0m";

/** Plain text (with ANSI colours where asked for), ending in a line break. */
export function renderTerminal(report: Report, { width = 100, color = false }: TerminalOptions = {}): string {
  const paint = (code: string, text: string) => (color ? `${code}${text}${reset}` : text);
  const { model, data, machine, rows } = report;
  const shown = fitting(report, width);
  const hidden = columns.length - shown.length;
  const own = new Set(methodRows(report).map(({ name }) => name));
  const head = [
    paint(bold, `${report.method.id} · ${model.name} on ${data.name} · ${machine.name} · seed ${report.seed}`),
    "",
    paint(
      bold,
      line(shown, report, (column) => titleOf(column, report)),
    ),
    paint(
      dim,
      line(shown, report, (column) => column.note(report)),
    ),
  ];
  const body = rows.map((row) => {
    const text = line(shown, report, (column) => column.cell(row, report));
    return own.has(row.name) ? paint(green, text) : text;
  });
  const notes = [
    ...splitNotes(rows),
    energyNote(report),
    ...boundNotes(rows),
    ...verdicts(report),
    ...(report.findings ?? []),
    ...(hidden === 0 ? [] : [`${hidden} more ${hidden === 1 ? "column needs" : "columns need"} a wider terminal.`]),
  ];
  const warnings = report.warnings.flatMap((text) => wrap(`! ${text}`, width, "  "));
  return [
    ...head,
    ...body,
    "",
    ...notes.flatMap((text) => wrap(text, width, "  ")),
    ...(report.weightSelection === undefined ? [] : ["", ...selectionLines(report.weightSelection, width)]),
    ...warnings.map((text) => paint(yellow, text)),
    "",
  ].join("\n");
}

/** On how many examples of which part the accuracies stand. */
function splitNotes(rows: readonly ReportRow[]): string[] {
  const texts = rows.map(({ accuracy: { metric, split, examples, label } }) => {
    const what = label === "measured" ? "measured on the exported file" : label;
    const name = isLoss({ metric }) ? "Loss" : "Accuracy";
    return `${name} (${metric}) is ${what}, ${split} part, ${examples.toLocaleString("en-US")} examples.`;
  });
  return [...new Set(texts)];
}

/** The columns that fit; those with the highest rank leave first. */
function fitting(report: Report, width: number): Column[] {
  let shown = [...columns];
  while (totalWidth(shown, report) > width) {
    const last = shown.reduce((worst, column) => (column.rank > worst.rank ? column : worst));
    if (last.rank === 0) break;
    shown = shown.filter((column) => column !== last);
  }
  return shown;
}

const gap = 2;

const totalWidth = (shown: readonly Column[], report: Report): number =>
  shown.reduce((sum, column) => sum + widthOf(column, report) + gap, -gap);

const widthOf = (column: Column, report: Report): number =>
  Math.max(
    length(titleOf(column, report)),
    length(column.note(report)),
    ...report.rows.map((row) => length(column.cell(row, report))),
  );

const length = (text: string): number => [...text].length;

function line(shown: readonly Column[], report: Report, text: (column: Column) => string): string {
  const cells = shown.map((column) => {
    const fill = " ".repeat(widthOf(column, report) - length(text(column)));
    return column.isText ? text(column) + fill : fill + text(column);
  });
  return cells.join(" ".repeat(gap)).trimEnd();
}
