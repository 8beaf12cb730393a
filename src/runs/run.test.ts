/** @file A whole run: the folder it leaves, numbers that can be checked again, the same bits twice, resuming, refusing. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OrtEngine } from "../engine/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { reportSchema } from "../reports/index.ts";
import { evaluate } from "../training/index.ts";
import { fileName } from "./row.ts";
import { type RunResult, run } from "./run.ts";
import { smallSpec } from "./small.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "femto-run-"));
const engine = new OrtEngine();
afterAll(async () => {
  rmSync(root, { recursive: true });
  await engine.close();
});

const hashes = ({ report }: RunResult) =>
  report.rows.flatMap(({ artefacts }) => Object.values(artefacts).map(({ path, sha256 }) => `${path} ${sha256}`));

describe("a run", () => {
  const folder = join(root, "one");
  const spec = smallSpec(folder);
  let first: RunResult;
  beforeAll(async () => {
    first = await run(spec);
  }, 60_000);

  it("leaves a report that its schema accepts, a page, and every row's artefacts as the report names them", () => {
    const report = reportSchema.parse(JSON.parse(readFileSync(first.reportPath, "utf8")));
    expect(report).toEqual(first.report);
    expect(readFileSync(first.htmlPath, "utf8")).toContain("</html>");
    expect(report.data).toMatchObject({ name: "points", train: 96, test: 61, classes: 3 });
    expect(report.rows.map(({ name }) => name)).toEqual(["float32", "EQAT", "uniform 8 bit", "uniform 4 bit"]);
    expect(Object.keys(report.history)).toEqual(report.rows.map(({ name }) => name));
    for (const { name, kind, artefacts, bytes } of report.rows) {
      const files = ["model.onnx", ...(kind === "float" ? [] : ["model.int.onnx", "model.qonnx.onnx"])];
      expect(Object.keys(artefacts)).toEqual(files);
      for (const { path, ...stated } of Object.values(artefacts)) {
        const contents = readFileSync(join(folder, path));
        expect(stated).toEqual({
          bytes: contents.length,
          sha256: createHash("sha256").update(contents).digest("hex"),
        });
      }
      expect(bytes).toBe(artefacts["model.onnx"]!.bytes);
      const lines = readFileSync(join(folder, fileName(name), "metrics.jsonl"), "utf8")
        .trim()
        .split("\n");
      expect(lines.map((line) => JSON.parse(line))).toEqual(report.history[name]);
    }
    // Nothing but the report and the rows: the test set for the other process is gone.
    expect(readdirSync(folder).sort()).toEqual(
      ["report.html", "report.json", ...report.rows.map(({ name }) => fileName(name))].sort(),
    );
  });

  it("states the accuracy that each file has, measured again here", async () => {
    const { test } = spec.data;
    for (const { accuracy, artefacts } of first.report.rows) {
      const model = readModelFile(join(folder, artefacts["model.onnx"]!.path));
      const again = await evaluate(engine, model, { ...test, labels: test.labels! });
      expect(accuracy).toMatchObject({ value: again.accuracy, examples: 61, split: "test", label: "measured" });
      expect(accuracy.value).toBeGreaterThan(0.5);
    }
  });

  it("prices rows by their bits, relative to 8 bits", () => {
    const energy = Object.fromEntries(first.report.rows.map((row) => [row.name, row.energy.relative]));
    expect(energy["uniform 8 bit"]).toBe(1);
    expect(energy["uniform 4 bit"]).toBeLessThan(1);
    expect(energy.float32).toBeGreaterThan(1);
    for (const { energy, layers } of first.report.rows) {
      const sum = layers.reduce((total, { pJ }) => total + pJ, 0);
      expect(Object.values(energy.byCause).reduce((a, b) => a + b, 0)).toBeCloseTo(energy.pJ, 6);
      expect(sum).toBeLessThanOrEqual(energy.pJ * (1 + 1e-9));
    }
  });

  it("gives the same bits in another folder", async () => {
    expect(hashes(await run(smallSpec(join(root, "two"))))).toEqual(hashes(first));
  });

  it("again in its folder trains nothing and ends the same", async () => {
    const again = await run(smallSpec(folder), { onProgress: () => expect.unreachable("a step was trained") });
    expect(hashes(again)).toEqual(hashes(first));
    expect(again.report.rows).toEqual(first.report.rows);
    expect(again.report.history).toEqual(first.report.history);
  });

  it("refuses its folder to other options, and leaves the report as it is", async () => {
    const report = readFileSync(first.reportPath, "utf8");
    await expect(run(smallSpec(folder, { rate: 0.02 }))).rejects.toMatchObject({
      code: "checkpoint.other",
      where: expect.stringContaining("float32"),
    });
    expect(readFileSync(first.reportPath, "utf8")).toBe(report);
  });

  it("stopped midway goes on to the same bits", async () => {
    const stopped = join(root, "stopped");
    const controller = new AbortController();
    const onRecord = (row: string) => row === "EQAT" && controller.abort();
    await expect(run(smallSpec(stopped), { onRecord, signal: controller.signal })).rejects.toThrow(/abort/i);
    expect(existsSync(join(stopped, "report.json"))).toBe(false);
    expect(hashes(await run(smallSpec(stopped)))).toEqual(hashes(first));
  });
});

it("a run that is refused before its first step leaves no folder", async () => {
  const folder = join(root, "refused");
  const spec = smallSpec(folder);
  const [row] = spec.rows;
  const message = "the data cannot be learned";
  const refusing = { ...row!.method, apply: () => Promise.reject(new Error(message)) };
  const rows = [{ ...row!, method: refusing }];
  await expect(run({ ...spec, rows })).rejects.toThrow(message);
  expect(existsSync(folder)).toBe(false);
  mkdirSync(folder);
  await expect(run({ ...spec, rows })).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
});

describe("rows", () => {
  it.each([
    ["uniform 8 bit", "uniform-8-bit"],
    ["EQAT β=0.5", "EQAT-β-0.5"],
    ["../../etc", "etc"],
    ["..", ""],
    ["/a/", "a"],
  ])("%s has the folder %s", (name, folder) => {
    expect(fileName(name)).toBe(folder);
  });

  it.each([
    ["..", "x"],
    ["a b", "a-b"],
    ["a", "a"],
  ])("named %s and %s are refused", async (one, other) => {
    const spec = smallSpec(join(root, "never"));
    const rows = [one, other].map((name) => ({ ...spec.rows[0]!, name }));
    await expect(run({ ...spec, rows })).rejects.toMatchObject({ code: "run.rows" });
    expect(existsSync(join(root, "never"))).toBe(false);
  });
});
