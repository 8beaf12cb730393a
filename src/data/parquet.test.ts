import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { parseParquet } from "./parquet.ts";

// A writer of its own for the test: Thrift compact protocol and plain pages, after the specification of the format.

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const zigzag = (value: number): number[] => varint(value << 1);
type Field = readonly [id: number, bytes: readonly number[], type: number];
const int32 = (id: number, value: number): Field => [id, zigzag(value), 5];
const int64 = (id: number, value: number): Field => [id, zigzag(value), 6];
const text = (value: string): number[] => [...varint(value.length), ...Buffer.from(value)];
const struct = (...fields: Field[]): number[] => {
  let last = 0;
  const bytes = fields.flatMap(([id, contents, type]) => {
    const delta = id - last;
    last = id;
    return [(delta << 4) | type, ...contents];
  });
  return [...bytes, 0];
};
const list = (type: number, items: readonly (readonly number[])[]): number[] => [
  (items.length << 4) | type,
  ...items.flat(),
];

interface Column {
  readonly name: string;
  /** Physical type: 0 boolean, 1 int32, 2 int64, 4 float, 5 double, 6 byte array. */
  readonly type: number;
  readonly repetition: 0 | 1 | 2;
  /** Page contents: levels, then plain values. */
  readonly page: Uint8Array;
  readonly values: number;
}

function parquet(
  rows: number,
  columns: readonly Column[],
  gzip = false,
  codec = gzip ? 2 : 0,
): Uint8Array<ArrayBuffer> {
  const parts: number[] = [...Buffer.from("PAR1")];
  const chunks = columns.map(({ name, type, page, values }) => {
    const offset = parts.length;
    const body = gzip ? gzipSync(page) : page;
    const levels = struct(int32(1, values), int32(2, 0), int32(3, 3), int32(4, 3));
    const header = struct(int32(1, 0), int32(2, page.length), int32(3, body.length), [5, levels, 12]);
    parts.push(...header, ...body);
    const size = parts.length - offset;
    const meta = struct(
      int32(1, type),
      [2, list(5, [zigzag(0)]), 9],
      [3, list(8, [text(name)]), 9],
      int32(4, codec),
      int64(5, values),
      int64(6, size),
      int64(7, size),
      int64(9, offset),
    );
    return struct(int64(2, offset), [3, meta, 12]);
  });
  const root = struct([4, text("schema"), 8], int32(5, columns.length));
  const schema = columns.map(({ name, type, repetition }) =>
    struct(int32(1, type), int32(3, repetition), [4, text(name), 8], ...(type === 6 ? [int32(6, 0)] : [])),
  );
  const group = struct([1, list(12, chunks), 9], int64(2, parts.length), int64(3, rows));
  const footer = struct(int32(1, 1), [2, list(12, [root, ...schema]), 9], int64(3, rows), [4, list(12, [group]), 9]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Uint8Array.from([...parts, ...footer, ...length, ...Buffer.from("PAR1")]);
}

const bytes = (array: { buffer: ArrayBuffer }) => new Uint8Array(array.buffer);
/** Levels: length, then one run "count times value" each. */
const runs = (...pairs: [number, number][]): Buffer => {
  const body = pairs.flatMap(([times, value]) => [...varint(times << 1), value]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, Buffer.from(body)]);
};
const doubles = (name: string, ...values: number[]): Column => ({
  ...{ name, type: 5, repetition: 0 as const, values: values.length },
  page: bytes(Float64Array.from(values)),
});
const longs = (name: string, ...values: bigint[]): Column => ({
  ...{ name, type: 2, repetition: 0 as const, values: values.length },
  page: bytes(BigInt64Array.from(values)),
});
const strings = (name: string, ...values: string[]): Column => ({
  ...{ name, type: 6, repetition: 0 as const, values: values.length },
  page: Buffer.concat(values.map((value) => Buffer.from([value.length, 0, 0, 0, ...Buffer.from(value)]))),
});

test.each([false, true])("numbers and text labels (gzip pages: %s)", async (gzip) => {
  const table = await parseParquet(
    parquet(3, [doubles("a", 1.5, -2, 1e-3), longs("b", 7n, -8n, 2n ** 40n), strings("kind", "x", "y", "x")], gzip),
    "x.parquet",
  );
  expect(table.features).toEqual(["a", "b"]);
  expect(table.inputs).toEqual({
    dtype: "float32",
    dims: [3, 2],
    data: Float32Array.from([1.5, 7, -2, -8, 1e-3, 2 ** 40]),
  });
  expect([table.labelName, table.labels]).toEqual(["kind", { dtype: "string", dims: [3], data: ["x", "y", "x"] }]);
});

test("integer labels chosen by name; booleans and floats", async () => {
  const flags: Column = { name: "flag", type: 0, repetition: 0, page: Uint8Array.of(0b010), values: 3 };
  const floats: Column = { name: "f", type: 4, repetition: 0, page: bytes(Float32Array.of(1, 2, 3.5)), values: 3 };
  const table = await parseParquet(parquet(3, [longs("label", 2n, 0n, 1n), flags, floats]), "x", { label: "label" });
  expect(table.labels).toEqual({ dtype: "int32", dims: [3], data: Int32Array.of(2, 0, 1) });
  expect(Array.from(table.inputs.data as Float32Array)).toEqual([0, 1, 1, 2, 0, 3.5]);
});

/** A repeated column: repetition level 0 begins a row, definition level 1 is a value. */
const lists = (second: number): Column => ({
  ...{ name: "x", type: 4, repetition: 2 as const, values: 2 + second },
  page: Buffer.concat([
    runs([1, 0], [1, 1], [1, 0], [second - 1, 1]),
    runs([2 + second, 1]),
    bytes(Float32Array.from({ length: 2 + second }, (_, i) => i)),
  ]),
});

test("lists of one length become columns", async () => {
  const table = await parseParquet(parquet(2, [lists(2), longs("y", 0n, 1n)]), "x");
  expect(table.features).toEqual(["x[0]", "x[1]"]);
  expect(Array.from(table.inputs.data as Float32Array)).toEqual([0, 1, 2, 3]);
});

const withNull: Column = {
  ...{ name: "a", type: 5, repetition: 1 as const, values: 2 },
  page: Buffer.concat([runs([1, 1], [1, 0]), bytes(Float64Array.of(4))]),
};
const whole = parquet(2, [doubles("a", 1, 2), longs("y", 0n, 1n)]);

test.each<[string, Uint8Array<ArrayBuffer>, string, string]>([
  ["empty", new Uint8Array(0), "parquet.magic", "x.parquet"],
  ["cut off", whole.slice(0, -1), "parquet.magic", "x.parquet"],
  [
    "LZ4 pages",
    parquet(2, [longs("a", 0n, 1n), longs("y", 0n, 1n)], false, 5),
    "parquet.codec",
    'x.parquet › column "a"',
  ],
  ["no rows", parquet(0, [doubles("a"), longs("y")]), "parquet.empty", "x.parquet"],
  ["labels only", parquet(1, [longs("y", 1n)]), "parquet.columns", "x.parquet"],
  ["a null", parquet(2, [withNull, longs("y", 0n, 1n)]), "parquet.missing", 'x.parquet › row 1 › column "a"'],
  [
    "a text",
    parquet(2, [strings("a", "1", "b"), longs("y", 0n, 1n)]),
    "parquet.type",
    'x.parquet › row 0 › column "a"',
  ],
  [
    "lists of two lengths",
    parquet(2, [lists(3), longs("y", 0n, 1n)]),
    "parquet.width",
    'x.parquet › row 1 › column "x"',
  ],
])("refused: %s", async (_, file, code, where) => {
  await expect(parseParquet(file, "x.parquet")).rejects.toThrow(expect.objectContaining({ code, where }));
});

test("an unknown label column lists the columns", async () => {
  await expect(parseParquet(whole, "x", { label: "z" })).rejects.toThrow(
    expect.objectContaining({ code: "table.label", expected: expect.stringContaining("a, y") }),
  );
});

test("a changed byte gives a table or a clear error, never a crash", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (position, flip) => {
      const damaged = whole.slice();
      damaged[position]! ^= flip;
      try {
        expect((await parseParquet(damaged, "x")).inputs.dims).toHaveLength(2);
      } catch (error) {
        expect(error).toBeInstanceOf(FemtoError);
      }
    }),
    { numRuns: 500 },
  );
});
