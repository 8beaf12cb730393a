/** @file CSV (RFC 4180, and its cousins with semicolons or tabs): numeric columns and one label column. Errors name the line. */

import { fail } from "../base/errors.ts";
import { readUnpacked } from "./files.ts";
import { type LabelColumn, labelIndex, labelTensor, type Table } from "./table.ts";

export interface CsvOptions {
  readonly label?: LabelColumn;
  /** Whether the first line names the columns; found out where not given. */
  readonly header?: boolean;
  /** One character; the most frequent of comma, semicolon and tab in the first line where not given. */
  readonly delimiter?: string;
  /** Lines before the header (or the data) that are no part of the table. */
  readonly skipLines?: number;
}

/** Reads a CSV file, gzipped or not. */
export const readCsv = (path: string, options: CsvOptions = {}): Table =>
  parseCsv(readUnpacked(path).toString("utf8"), path, options);

export function parseCsv(text: string, where: string, options: CsvOptions = {}): Table {
  const delimiter = options.delimiter ?? guessDelimiter(text);
  const records = readRecords(text, delimiter, where, options.skipLines ?? 0);
  const first = records.next().value;
  if (first === undefined) return fail({ code: "csv.empty", where, message: "there are no rows", expected: "a table" });
  const second = records.next().value;
  const header = options.header ?? looksLikeHeader(first.fields, second?.fields);
  const names = header ? first.fields.map((name) => name.trim()) : first.fields.map((_, index) => `column ${index}`);
  const label = labelIndex(options.label, names, where);
  const features = names.filter((_, index) => index !== label);
  if (features.length === 0) fail({ code: "csv.columns", where, message: "there is no column besides the labels" });
  const numbers: number[] = [];
  const labels: string[] = [];
  let rows = 0;
  for (let record = header ? second : first; record !== undefined; ) {
    readRow(record, names, label, where, numbers, labels);
    rows++;
    record = record === first ? second : records.next().value;
  }
  if (rows === 0) fail({ code: "csv.empty", where, message: "there is a header but no row", expected: "a table" });
  return {
    features,
    inputs: { dtype: "float32", dims: [rows, features.length], data: Float32Array.from(numbers) },
    ...(label < 0 ? {} : { labelName: names[label]!, labels: labelTensor(labels) }),
  };
}

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

const missing = /^(na|n\/a|nan|null|none|\?|)$/i;

function readRow(
  { line, fields }: Row,
  names: readonly string[],
  label: number,
  where: string,
  numbers: number[],
  labels: string[],
): void {
  if (fields.length !== names.length) {
    fail({
      code: "csv.width",
      where: `${where} › line ${line}`,
      message: "row has another number of columns than the first",
      expected: `${names.length} columns`,
      got: `${fields.length}`,
      hint: "a field that contains the delimiter must stand in double quotes",
    });
  }
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!.trim();
    const value = Number(field);
    if (index === label && !missing.test(field)) labels.push(field);
    else if (index !== label && field !== "" && Number.isFinite(value)) numbers.push(value);
    else {
      const absent = missing.test(field);
      fail({
        code: absent ? "csv.missing" : "csv.number",
        where: `${where} › line ${line} › column ${JSON.stringify(names[index])}`,
        message: absent ? "a value is missing" : "a text stands where a number is needed",
        expected: index === label ? "a label" : "a finite number",
        got: JSON.stringify(fields[index]),
        hint: absent
          ? "fill in or remove such rows"
          : "only the label column may hold text; turn categories into numbers, or name the label column",
      });
    }
  }
}

/** A header is a first row that has text where the second has a number, or text only. */
function looksLikeHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  const isText = (field: string): boolean => Number.isNaN(Number(field)) && !missing.test(field.trim());
  if (first.every(isText)) return true;
  return second !== undefined && first.some((field, index) => isText(field) && !isText(second[index] ?? "x"));
}

function guessDelimiter(text: string): string {
  const line = text.slice(0, Math.max(0, text.indexOf("\n")) || undefined);
  const counts = [",", ";", "\t"].map((mark) => ({ mark, times: line.split(mark).length }));
  return counts.reduce((best, next) => (next.times > best.times ? next : best)).mark;
}

/** Rows with the line they begin on; blank lines are left out. */
function* readRecords(text: string, delimiter: string, where: string, skip: number): Generator<Row, undefined> {
  let position = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  while (position < text.length) {
    let end = text.indexOf("\n", position);
    if (end < 0) end = text.length;
    const plain = text.slice(position, text[end - 1] === "\r" ? end - 1 : end);
    const start = line;
    if (start > skip && plain.includes('"')) {
      const quoted = readQuoted(text, position, delimiter, where, start);
      line += quoted.lines;
      position = quoted.end + 1;
      yield { line: start, fields: quoted.fields };
      continue;
    }
    line++;
    position = end + 1;
    if (start > skip && plain.trim() !== "") yield { line: start, fields: plain.split(delimiter) };
  }
  return undefined;
}

/** One record with quoted fields, which may contain delimiters, doubled quotes and line ends. */
function readQuoted(text: string, from: number, delimiter: string, where: string, line: number) {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  let lines = 1;
  let i = from;
  for (; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c === "\n") lines++;
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i]!;
      else quoted = false;
    } else if (c === '"' && field.trim() === "") {
      quoted = true;
      field = "";
    } else if (c === delimiter) {
      fields.push(field);
      field = "";
    } else if (c === "\n") break;
    else if (c !== "\r") field += c;
  }
  if (quoted) {
    fail({
      code: "csv.quote",
      where: `${where} › line ${line}`,
      message: "a quoted field does not end",
      expected: 'a closing "',
      got: JSON.stringify(text.slice(from, from + 40)),
    });
  }
  fields.push(field);
  return { fields, end: i, lines };
}
