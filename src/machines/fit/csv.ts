/** @file Tables as comma-separated text: a head, then rows, with the line of each; numbers are checked where asked for. */

import { fail } from "../../base/errors.ts";

export interface Row {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface Table {
  readonly origin: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const MOST_CHARACTERS = 20_000_000;

/** Column names are read in lower case, with underscores for blanks. @throws FemtoError `fit.csv` */
export function readTable(text: string, origin: string): Table {
  const complain = (line: number, message: string, expected: string, got: string) =>
    fail({ code: "fit.csv", where: `${origin}:${line}`, message, expected, got });
  if (text.length > MOST_CHARACTERS) {
    complain(1, "the table is too long", `at most ${MOST_CHARACTERS} characters`, `${text.length}`);
  }
  const lines = text.split(/\r?\n/).flatMap((content, i) => {
    const isComment = content.trim() === "" || content.startsWith("#");
    return isComment ? [] : [{ line: i + 1, cells: cellsOf(content) }];
  });
  const [head, ...body] = lines;
  if (head === undefined || body.length === 0)
    complain(1, "the table has no rows", "a head and a row for each layer", "nothing");
  const columns = head!.cells.map((name) => name.toLowerCase().replaceAll("µ", "u").replaceAll(/\s+/g, "_"));
  const twin = columns.find((name, i) => columns.indexOf(name) < i);
  if (twin !== undefined) complain(head!.line, "a column stands twice", "different names", twin);
  const rows = body.map(({ line, cells }) => {
    if (cells.length !== columns.length) {
      complain(line, "the row has not as many cells as the head", `${columns.length}`, `${cells.length}`);
    }
    return { line, cells: Object.fromEntries(columns.map((name, i) => [name, cells[i]!])) };
  });
  return { origin, columns, rows };
}

/** Cells of a line; a cell in quotes may hold commas, and two quotes for one. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const cell = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/gy;
  for (let match = cell.exec(line); match !== null; match = cell.exec(line)) {
    cells.push(match[1] === undefined ? match[2]!.trim() : match[1].replaceAll('""', '"'));
    if (cell.lastIndex >= line.length && !match[0].endsWith(",")) break;
    if (cell.lastIndex >= line.length) {
      cells.push("");
      break;
    }
  }
  return cells;
}

/** A count, a time, an energy: finite and not negative. @throws FemtoError `fit.csv` with line and column */
export function amountIn({ origin }: Table, { line, cells }: Row, column: string): number {
  const text = cells[column]!;
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value >= 0) return value;
  return fail({
    code: "fit.csv",
    where: `${origin}:${line} › ${column}`,
    message: "the cell is no amount",
    expected: "a number that is not negative",
    got: text === "" ? "nothing" : text.slice(0, 40),
  });
}
