/** @file What a run hands out by itself: the first row of its method, and of restricted weights not the network they start from. */

import { expect, test } from "vitest";
import { mainRow } from "./main-row.ts";
import { syntheticReport } from "./report.fixture.ts";
import { methodRows } from "./uniform-curve.ts";
import { realSelection } from "./weight-selection/real.fixture.ts";

const report = syntheticReport();
const [row] = methodRows(report);
const named = (name: string, kind: string) => ({ ...row!, name, kind, seed: 1 });

test("the first of the method, and any where there is none", () => {
  expect(mainRow(report)).toBe(row);
  const others = report.rows.filter(({ kind }) => kind === "float" || kind === "uniform");
  expect(mainRow({ rows: others })).toBe(others[0]);
});

test("the restricted network, not the int8 one before it, which stands in where it is alone", () => {
  const selection = realSelection();
  const start = selection.rows.find(({ method }) => method === "int8")!;
  const first = { ...named(start.name, "lws"), seed: start.seed };
  const rows = [named("float32", "float"), first, named("restricted", "lws")];
  expect(mainRow({ rows, weightSelection: selection })).toBe(rows[2]);
  expect(mainRow({ rows: rows.slice(0, 2), weightSelection: selection })).toBe(first);
});
