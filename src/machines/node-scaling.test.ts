import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns, loadMachine, pricesOf, type Row, recipeA, recipeASram, recipeB, sramReadPerBit } from "./index.ts";

const rows = Object.keys(columns) as Row[];
const at = (row: Row, node: number) => columns[row][0] * recipeA(row, 45, node);

describe("recipe A: log-log between 45 and 7 nm (energy sheet, check 9)", () => {
  test.each(rows)("%s: the table at its ends, falling in between", (row) => {
    expect(at(row, 45)).toBe(columns[row][0]);
    expect(at(row, 7)).toBeCloseTo(columns[row][1], 12);
    fc.assert(
      fc.property(fc.double({ min: 7, max: 45, noNaN: true }), fc.double({ min: 7, max: 45, noNaN: true }), (a, b) => {
        if (a !== b) expect(at(row, Math.min(a, b)) < at(row, Math.max(a, b)) || Math.abs(a - b) < 1e-9).toBe(true);
      }),
    );
  });

  // three digits, as printed on the sheet; its 47.0 for 1 MB at 22 nm is 46.9475 by its own formula
  test.each<[number, readonly number[]]>([
    [28, [0.0207, 0.153, 0.0736, 0.317, 0.815, 0.722, 2.84, 9.29, 16.1, 60.6]],
    [22, [0.0171, 0.134, 0.0629, 0.281, 0.7, 0.646, 2.48, 8.95, 14.4, 46.9]],
    [16, [0.0134, 0.112, 0.0512, 0.24, 0.573, 0.557, 2.08, 8.52, 12.4, 33.5]],
    [7, [0.007, 0.07, 0.03, 0.16, 0.34, 0.38, 1.31, 7.5, 8.5, 14]],
  ])("%d nm: the table of the sheet", (node, expected) => {
    const printed = rows.filter((row) => row !== "int32 multiply").map((row) => Number(at(row, node).toPrecision(3)));
    expect(printed).toEqual(expected);
  });

  test("an SRAM of any size: the rows at their sizes, between them the slope between theirs", () => {
    for (const [kilobytes, row] of [
      [8, "sram 8 KB"],
      [32, "sram 32 KB"],
      [1024, "sram 1 MB"],
    ] as const) {
      expect(recipeASram(kilobytes * 8192, 45, 16)).toBeCloseTo(recipeA(row, 45, 16), 12);
    }
    expect(recipeASram(4 * 8192, 45, 7)).toBe(recipeA("sram 8 KB", 45, 7));
    expect(recipeASram(64 * 2 ** 23, 45, 7)).toBe(recipeA("sram 1 MB", 45, 7));
    // halfway in log2(size) between 8 and 32 KB: the geometric mean
    expect(recipeASram(16 * 8192, 45, 7)).toBeCloseTo(Math.sqrt(0.75 * 0.425), 12);
  });

  test.each([6.9, 46, 65])("%d nm lies outside of its table", (node) => {
    expect(() => recipeA("int8 add", 45, node)).toThrow(expect.objectContaining({ code: "machine.scaling" }));
    expect(() => recipeASram(65536, node, 45)).toThrow(expect.objectContaining({ code: "machine.scaling" }));
  });
});

describe("recipe B: Stillmaker & Baas", () => {
  test.each([
    [65, 1.241],
    [45, 1],
    [32, 0.659],
    [28, 0.513],
    [22, 0.294],
    [16, 0.174],
    [7, 0.094],
  ])("%d nm is %d of 45 nm", (node, ratio) => {
    expect(recipeB(45, node)).toBeCloseTo(ratio, 3);
  });

  test("there and back is nothing, smaller is never dearer, and it ends at 7 and 65 nm", () => {
    const node = fc.double({ min: 7, max: 65, noNaN: true });
    fc.assert(
      fc.property(node, node, (a, b) => {
        expect(recipeB(a, b) * recipeB(b, a)).toBeCloseTo(1, 12);
        expect(recipeB(45, Math.min(a, b))).toBeLessThanOrEqual(recipeB(45, Math.max(a, b)));
      }),
    );
    expect(() => recipeB(45, 5)).toThrow(expect.objectContaining({ code: "machine.scaling" }));
    expect(() => recipeB(90, 45)).toThrow(expect.objectContaining({ code: "machine.scaling" }));
  });

  test("from 45 to 7 nm it says 10.6 times less, where the table shows 1.3 to 7.1", () => {
    expect(1 / recipeB(45, 7)).toBeCloseTo(10.6, 1);
    const ratios = rows.map((row) => 1 / recipeA(row, 45, 7));
    expect(Math.min(...ratios)).toBeCloseTo(1.33, 2);
    expect(Math.max(...ratios)).toBeCloseTo(7.14, 2);
  });
});

test("SRAM by size: Horowitz's three (check 1), clamped where the cubic has no meaning", () => {
  expect(64 * sramReadPerBit(8 * 8192)).toBeCloseTo(10, 5);
  expect(64 * sramReadPerBit(32 * 8192)).toBeCloseTo(20, 5);
  expect(64 * sramReadPerBit(2 ** 23)).toBeCloseTo(100, 5);
  expect(sramReadPerBit(1)).toBe(sramReadPerBit(2048 * 8));
  expect(sramReadPerBit(2 ** 40)).toBe(sramReadPerBit(2 ** 25));
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e12, noNaN: true }),
      fc.double({ min: 1, max: 1e12, noNaN: true }),
      (a, b) => {
        expect(sramReadPerBit(Math.min(a, b))).toBeLessThanOrEqual(sramReadPerBit(Math.max(a, b)) + 1e-12);
      },
    ),
  );
});

test("a machine file names the recipe, and the price says what was done to it", () => {
  const text = (scale: string, extra = "") => `schema: femto-machine/1
name: x
title: x
energy: pJ
technology: { node_nm: 22, voltage: 0.8 }
sources: { h: "M. Horowitz, ISSCC 2014, figure 1.1.9", s: "Stillmaker and Baas, Integration 2017" }
components:
  - { name: m, class: arithmetic, mac_scaling: none, prices: [{ verb: multiply, operand: int8, value: 0.2, unit: pJ, source: h, scale: ${scale} }] }
  - { name: s, class: sram, size: 16 KB, prices: [{ verb: read, value: 14, unit: pJ, bits: 64, source: h, scale: { from_nm: 45, recipe: A, row: sram } }] }
${extra}`;
  const [multiply, read] = pricesOf(loadMachine(text("{ from_nm: 45, recipe: A, row: int8 multiply }")));
  const factor = recipeA("int8 multiply", 45, 22);
  expect(multiply).toMatchObject({
    energy: { lo: 0.2 * factor, mid: 0.2 * factor, hi: 0.2 * factor },
    stated: "0.2 pJ at 45 nm × 0.6678 (recipe A, int8 multiply)",
    scaled: { recipe: "A", fromNm: 45, toNm: 22, factor, row: "int8 multiply" },
    nodeNm: 22,
    voltage: undefined,
  });
  expect(read!.energy.mid).toBeCloseTo((14 / 64) * recipeASram(16 * 8192, 45, 22), 12);
  expect(read!.stated).toBe("14 pJ for 64 bits at 45 nm × 0.8026 (recipe A, sram)");
  const both = "{ from_nm: 45, recipe: A, row: int8 multiply, against: { recipe: B, source: s } }";
  const ranged = pricesOf(loadMachine(text(both)))[0]!;
  expect(ranged.energy).toEqual({ lo: 0.2 * recipeB(45, 22), mid: 0.2 * factor, hi: 0.2 * factor });
  expect(ranged.rangeSource?.key).toBe("s");
  const bad = (scale: string) => () => loadMachine(text(scale), "x.yaml");
  expect(bad("{ from_nm: 45, recipe: A }")).toThrow(
    expect.objectContaining({
      code: "machine.schema",
      message: "row is missing",
      where: expect.stringMatching(/^x.yaml:8 /),
    }),
  );
  expect(bad("{ from_nm: 65, recipe: A, row: int8 add }")).toThrow(
    expect.objectContaining({ code: "machine.scaling", where: "x.yaml:8 › m › multiply", got: "65 nm" }),
  );
  expect(bad("{ from_nm: 45, recipe: A, row: sram }")).toThrow(expect.objectContaining({ code: "machine.scaling" }));
  const dram = (price: string) =>
    text(
      "{ from_nm: 45, recipe: B }",
      `  - { name: d, class: dram, type: ddr3, prices: [{ verb: read, value: 70, unit: pJ/bit, source: h, ${price} }] }\n`,
    );
  expect(() => loadMachine(dram("scale: { from_nm: 45, recipe: B }"))).toThrow(
    expect.objectContaining({ code: "machine.scaling", message: expect.stringContaining("not to which") }),
  );
});
