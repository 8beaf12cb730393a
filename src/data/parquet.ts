/** @file Parquet through hyparquet: columns of numbers or of number lists become the inputs, one column the labels. */

import * as zlib from "node:zlib";
import {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { FemtoError, fail } from "../base/errors.ts";
import { readUnpacked } from "./files.ts";
import { type LabelColumn, labelIndex, labelTensor, type Table } from "./table.ts";

export interface ParquetOptions {
  readonly label?: LabelColumn;
}

/** Snappy comes with hyparquet, the rest with Node (Zstandard from 22.15 on). */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (input: Uint8Array) => Uint8Array };
const compressors: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  ...(zstdDecompressSync === undefined ? {} : { ZSTD: (input) => zstdDecompressSync(input) }),
};

/** Reads a Parquet file, gzipped as a whole or not. */
export const readParquet = (path: string, options: ParquetOptions = {}): Promise<Table> =>
  parseParquet(readUnpacked(path), path, options);

export async function parseParquet(
  bytes: Uint8Array<ArrayBuffer>,
  where: string,
  options: ParquetOptions = {},
): Promise<Table> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { metadata, names } = parseMetadata(file, where);
  const rows = Number(metadata.num_rows);
  if (rows === 0 || names.length === 0) {
    return fail({ code: "parquet.empty", where, message: "there are no rows", expected: "a table" });
  }
  const label = labelIndex(options.label, names, where);
  const features: string[] = [];
  const columns: Float32Array[] = [];
  let labels: (string | number)[] = [];
  for (const [index, name] of names.entries()) {
    const cells = await readColumn(file, metadata, name, where);
    if (cells.length !== rows) damaged(where, `column "${name}" has ${cells.length} of ${rows} rows`);
    if (index === label) labels = cells.map((cell, row) => labelOf(cell, name, row, where));
    else {
      const parts = numericColumns(cells, name, where);
      columns.push(...parts);
      features.push(
        ...(parts.length === 1 && !Array.isArray(cells[0]) ? [name] : parts.map((_, i) => `${name}[${i}]`)),
      );
    }
  }
  if (features.length === 0) fail({ code: "parquet.columns", where, message: "there is no column besides the labels" });
  const data = new Float32Array(rows * columns.length);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) data[row * columns.length + index] = column[row]!;
  }
  return {
    features,
    inputs: { dtype: "float32", dims: [rows, columns.length], data },
    ...(label < 0 ? {} : { labelName: names[label]!, labels: labelTensor(labels) }),
  };
}

function parseMetadata(file: ArrayBuffer, where: string): { metadata: FileMetaData; names: string[] } {
  const bytes = Buffer.from(file);
  const ends = [bytes.subarray(0, 4), bytes.subarray(-4)].map((end) => end.toString("latin1"));
  if (bytes.length < 12 || ends[0] !== "PAR1" || ends[1] !== "PAR1") {
    fail({
      code: "parquet.magic",
      where,
      message: "not a Parquet file, or cut off",
      expected: '"PAR1" at both ends',
      got: bytes.length === 0 ? "an empty file" : `${JSON.stringify(ends[0])} … ${JSON.stringify(ends[1])}`,
    });
  }
  try {
    const metadata = parquetMetadata(file, { geoparquet: false });
    const schema = parquetSchema(metadata);
    checkLayout(metadata, schema, bytes.length);
    return { metadata, names: schema.children.map((child) => child.element.name) };
  } catch (cause) {
    return damaged(where, (cause as Error).message, cause);
  }
}

/**
 * What hyparquet takes for granted and a damaged file breaks: every row group has all columns of the schema, in order,
 * of their types, inside the file. (A column it reads but cannot place would reject with nobody listening.)
 */
function checkLayout(metadata: FileMetaData, schema: SchemaTree, size: number): void {
  const leaves = (tree: SchemaTree): SchemaTree[] =>
    tree.children.length === 0 ? [tree] : tree.children.flatMap(leaves);
  const expected = leaves(schema);
  let rows = 0n;
  for (const [index, group] of metadata.row_groups.entries()) {
    rows += group.num_rows;
    if (group.columns.length !== expected.length) throw new Error(`row group ${index} lacks columns of the schema`);
    for (const [place, { path, element }] of expected.entries()) {
      const { path_in_schema, type, ...chunk } = group.columns[place]!.meta_data!;
      const start = chunk.dictionary_page_offset || chunk.data_page_offset;
      const inside = start >= 0n && chunk.total_compressed_size >= 0n && start + chunk.total_compressed_size <= size;
      if (path_in_schema.join(".") !== path.join(".") || type !== element.type || !inside) {
        throw new Error(`row group ${index}, column "${path.join(".")}": description and schema do not fit`);
      }
    }
  }
  if (rows !== metadata.num_rows) throw new Error(`${metadata.num_rows} rows, but ${rows} in the row groups`);
}

async function readColumn(file: ArrayBuffer, metadata: FileMetaData, name: string, where: string): Promise<unknown[]> {
  let cells: unknown[] = [];
  try {
    await parquetRead({
      file,
      metadata,
      columns: [name],
      compressors,
      onComplete: (rows: unknown[][]) => {
        cells = rows.map((row) => row[0]);
      },
    });
  } catch (cause) {
    const { message } = cause as Error;
    const codec = /unsupported compression codec: (\w+)/.exec(message)?.[1];
    if (codec === undefined) damaged(`${where} › column "${name}"`, message, cause);
    fail({
      code: "parquet.codec",
      where: `${where} › column "${name}"`,
      message: `pages are compressed with ${codec}, which cannot be unpacked here`,
      expected: `uncompressed, SNAPPY, ${Object.keys(compressors).join(", ")}`,
      got: codec,
      hint: codec === "ZSTD" ? "use Node 22.15 or later, or write the file with snappy" : "write the file with snappy",
    });
  }
  return cells;
}

function damaged(where: string, got: string, cause?: unknown): never {
  throw new FemtoError(
    {
      code: "parquet.damaged",
      where,
      message: "cannot be read",
      got,
      hint: "the file is damaged or uses a feature that is not supported",
    },
    { cause },
  );
}

const cellPlace = (where: string, name: string, row: number): string => `${where} › row ${row} › column "${name}"`;

function labelOf(cell: unknown, name: string, row: number, where: string): string | number {
  if (typeof cell === "string" || typeof cell === "number") return cell;
  if (typeof cell === "bigint" || typeof cell === "boolean") return Number(cell);
  return fail({
    code: cell === null || cell === undefined ? "parquet.missing" : "parquet.type",
    where: cellPlace(where, name, row),
    message: "this is no label",
    expected: "a number or a text",
    got: kind(cell),
  });
}

/** One array per number in a cell: 1, or the length of the lists, which must be the same in all rows. */
function numericColumns(cells: readonly unknown[], name: string, where: string): Float32Array[] {
  const first = flat(cells[0]);
  const columns = first.map(() => new Float32Array(cells.length));
  for (const [row, cell] of cells.entries()) {
    const values = flat(cell);
    if (values.length !== columns.length) {
      fail({
        code: "parquet.width",
        where: cellPlace(where, name, row),
        message: "lists differ in length",
        expected: `${columns.length} numbers, as in row 0`,
        got: `${values.length}`,
        hint: "pad the lists to one length",
      });
    }
    for (const [index, value] of values.entries()) columns[index]![row] = numberOf(value, name, row, where);
  }
  return columns;
}

/** A list column of numbers without nulls arrives as a typed array. */
const flat = (cell: unknown): unknown[] =>
  Array.isArray(cell)
    ? cell.flat(Number.POSITIVE_INFINITY)
    : ArrayBuffer.isView(cell)
      ? [...(cell as Float64Array)]
      : [cell];

function numberOf(value: unknown, name: string, row: number, where: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  const absent = value === null || value === undefined;
  return fail({
    code: absent ? "parquet.missing" : "parquet.type",
    where: cellPlace(where, name, row),
    message: absent ? "a value is missing" : "a number is needed",
    expected: "a number or a list of numbers",
    got: kind(value),
    hint: absent ? "fill in or remove such rows" : "only the label column may hold text",
  });
}

function kind(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return value instanceof Date ? "a date" : typeof value === "object" ? "a structure" : String(value);
}
