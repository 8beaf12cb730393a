import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "./csv.ts";

const floats = (values: { data: unknown }) => Array.from(values.data as ArrayLike<number>);

test("header, text labels in the last column", () => {
  const table = parseCsv("length,width,species\n5.1,3.5,setosa\n6.25,-2e-1,virginica\n", "x.csv");
  expect(table.features).toEqual(["length", "width"]);
  expect(table.inputs.dims).toEqual([2, 2]);
  expect(floats(table.inputs)).toEqual([5.1, 3.5, 6.25, -0.2].map(Math.fround));
  expect(table.labelName).toBe("species");
  expect(table.labels).toEqual({ dtype: "string", dims: [2], data: ["setosa", "virginica"] });
});

test("no header; labels by index from either end, by number in a text, or none", () => {
  const text = "7,1,2\n8,3,4\n";
  expect(floats(parseCsv(text, "x").labels!)).toEqual([2, 4]);
  expect(floats(parseCsv(text, "x", { label: 0 }).labels!)).toEqual([7, 8]);
  expect(floats(parseCsv(text, "x", { label: "0" }).inputs)).toEqual([1, 2, 3, 4]);
  expect(floats(parseCsv(text, "x", { label: -2 }).labels!)).toEqual([1, 3]);
  const none = parseCsv(text, "x", { label: null });
  expect([none.inputs.dims, none.labels]).toEqual([[2, 3], undefined]);
});

test("a column with a usual name is preferred to the last", () => {
  expect(parseCsv("Label,a,b\n1,2,3\n0,5,6", "x").labelName).toBe("Label");
  expect(parseCsv("label,class,b\n1,2,3\n0,5,6", "x").labelName).toBe("b");
});

test("types of labels: whole numbers, numbers, texts", () => {
  const labels = (...values: string[]) =>
    parseCsv(values.map((value) => `1,${value}\n`).join(""), "x", { header: false }).labels!;
  expect(labels("3", "-1").dtype).toBe("int32");
  expect(labels("3.0", "1").dtype).toBe("float64");
  expect(labels("99999999999", "1").dtype).toBe("float64");
  expect(labels("3", "b").data).toEqual(["3", "b"]);
});

test("delimiters, carriage returns, byte order mark, blank lines, quotes", () => {
  expect(floats(parseCsv("\ufeff1;2;0\r\n\r\n3;4;1\r\n", "x").inputs)).toEqual([1, 2, 3, 4]);
  expect(floats(parseCsv("1\t2\t0\n3\t4\t1", "x").inputs)).toEqual([1, 2, 3, 4]);
  const quoted = parseCsv('a,"the ""class"", named"\n"1","x, y"\n2,"two\nlines"\n3,z\n', "x");
  expect(quoted.labelName).toBe('the "class", named');
  expect(quoted.labels!.data).toEqual(["x, y", "two\nlines", "z"]);
  expect(floats(parseCsv("150,2,setosa\n1,2,0\n3,4,1", "x", { skipLines: 1 }).inputs)).toEqual([1, 2, 3, 4]);
});

test.each([
  ["nothing", "", "csv.empty", "x.csv"],
  ["a header only", "a,b\n", "csv.empty", "x.csv"],
  ["one column", "a\n1\n2\n", "csv.columns", "x.csv"],
  ["a short row", "a,b\n1,2\n3\n", "csv.width", "x.csv › line 3"],
  ["a text", "a,b\n1,2\n\nred,3\n", "csv.number", 'x.csv › line 4 › column "a"'],
  ["an empty field", "a,b\n1,2\n,3\n", "csv.missing", 'x.csv › line 3 › column "a"'],
  ["NA", "a,b\n1,2\nNA,3\n", "csv.missing", 'x.csv › line 3 › column "a"'],
  ["nan", "a,b\n1,2\nnan,3\n", "csv.missing", 'x.csv › line 3 › column "a"'],
  ["infinity", "a,b\n1,2\nInfinity,3\n", "csv.number", 'x.csv › line 3 › column "a"'],
  ["a missing label", "a,b\n1,2\n2,?\n", "csv.missing", 'x.csv › line 3 › column "b"'],
  ["an open quote", 'a,b\n1,2\n"3,4\n5,6\n', "csv.quote", "x.csv › line 3"],
  ["decimal commas", "a;b\n1,5;0\n", "csv.number", 'x.csv › line 2 › column "a"'],
])("refused: %s", (_, text, code, where) => {
  expect(() => parseCsv(text, "x.csv")).toThrow(expect.objectContaining({ code, where }));
});

test("a line number after a field of two lines is right", () => {
  expect(() => parseCsv('a,b\n1,"x\ny"\nred,z\n', "x.csv")).toThrow(
    expect.objectContaining({ where: 'x.csv › line 4 › column "a"' }),
  );
});

test("an unknown label column lists the columns", () => {
  expect(() => parseCsv("a,b\n1,2\n", "x.csv", { label: "c" })).toThrow(
    expect.objectContaining({ code: "table.label", expected: expect.stringContaining("a, b") }),
  );
  expect(() => parseCsv("a,b\n1,2\n", "x.csv", { label: 2 })).toThrow(expect.objectContaining({ code: "table.label" }));
});

test("any table of numbers comes back", () => {
  // Negative zero prints as 0.
  const value = fc.double({ noNaN: true, min: -1e30, max: 1e30 }).map((x) => x + 0);
  const rows = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    );
  fc.assert(
    fc.property(rows, fc.constantFrom(",", ";", "\t"), (table, delimiter) => {
      const text = table.map((row) => row.join(delimiter)).join("\n");
      const { inputs } = parseCsv(text, "x", { label: null });
      expect(floats(inputs)).toEqual(table.flat().map(Math.fround));
    }),
  );
});
