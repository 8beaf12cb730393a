import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { syntheticReport } from "./report.fixture.ts";
import { reportJsonSchema, reportSchema } from "./schema.ts";

test("the published schema is the one that reports are checked with", () => {
  const published = readFileSync(new URL("../../docs/report.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(published)).toEqual(reportJsonSchema());
});

test("a report survives JSON", () => {
  const report = syntheticReport();
  expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test("a number without its label is refused", () => {
  const report = syntheticReport() as unknown as { rows: { energy: { label?: string } }[] };
  delete report.rows[1]!.energy.label;
  expect(reportSchema.safeParse(report).error?.issues[0]?.path).toEqual(["rows", 1, "energy", "label"]);
});
