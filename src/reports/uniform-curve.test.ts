import { expect, test } from "vitest";
import { syntheticReport } from "./report.fixture.ts";
import { againstUniform, methodRows, uniformRows } from "./uniform-curve.ts";
import { verdicts } from "./verdict.ts";

/** The synthetic report with the method's row moved. */
function moved(accuracy: number, relative: number) {
  const report = syntheticReport();
  const [row] = methodRows(report);
  row!.accuracy.value = accuracy;
  row!.energy.relative = relative;
  return { report, row: row! };
}

test("between two uniform rows the curve is linear", () => {
  const { report, row } = moved(0.98, 0);
  const [four, five] = uniformRows(report, 1);
  row.energy.relative = (four!.energy.relative + five!.energy.relative) / 2;
  const found = againstUniform(report, row)!;
  expect(found.uniform).toBeCloseTo((0.969 + 0.983) / 2, 12);
  expect(found.difference).toBeCloseTo(0.98 - 0.976, 12);
});

test("on a uniform row the curve is that row", () => {
  const { report, row } = moved(0.98, 1);
  expect(againstUniform(report, row)!.uniform).toBe(0.987);
});

test("outside the curve the comparison is with its end", () => {
  const ends = {
    0.1: "less energy than any uniform row (+1.10 points against uniform 4 bit at 0.373)",
    1.2: "more energy than any uniform row (−0.70 points against uniform 8 bit at 1.000)",
  };
  for (const [relative, text] of Object.entries(ends)) {
    const { report, row } = moved(0.98, Number(relative));
    expect(againstUniform(report, row)).toBeUndefined();
    expect(verdicts(report)[0]).toContain(text);
  }
});

test("a row below the curve is said to lie below it", () => {
  const { report } = moved(0.95, 0.655);
  expect(verdicts(report)[0]).toMatch(/below the uniform curve at equal energy \(−3\.\d\d points/);
});

test("a difference smaller than the test set can tell is not called a gain", () => {
  const { report } = moved(0.9866, 0.8);
  expect(verdicts(report)[0]).toContain("not separable from the uniform curve");
});

test("without uniform rows the report says so", () => {
  const { report } = moved(0.98, 0.5);
  report.rows = report.rows.filter(({ kind }) => kind !== "uniform");
  expect(verdicts(report)[0]).toContain("no uniform rows to compare with");
});

test("curves are those of the row's own seed", () => {
  const report = syntheticReport();
  report.rows.push(...report.rows.filter(({ kind }) => kind === "uniform").map((row) => ({ ...row, seed: 2 })));
  expect(uniformRows(report, 2).map(({ seed }) => seed)).toEqual([2, 2, 2, 2]);
  expect(uniformRows(report, 3)).toHaveLength(8);
});
