/**
 * @file One run: rows (a method with options, perhaps starting from another row's model) → artefacts → measurement in a
 * fresh process → energy → report folder. The same for every method.
 */

import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../base/errors.ts";
import { makeFolder } from "../data/index.ts";
import { writeTensor } from "../onnx/index.ts";
import { type Report, renderHtml, reportSchema } from "../reports/index.ts";
import { describeData, describeMachine, describeModel, environment } from "./describe.ts";
import { write, writeJson } from "./output.ts";
import { type FinishedRow, fileName, finishRow } from "./row.ts";
import { runJobs } from "./schedule.ts";
import { selectionOf } from "./selection.ts";
import type { RowSpec, RunHooks, RunSpec } from "./spec.ts";

export interface RunResult {
  readonly report: Report;
  readonly reportPath: string;
  readonly htmlPath: string;
}

/** Runs all rows and writes `report.json`, `report.html`, `metrics.jsonl` and each row's artefacts. */
export async function run(spec: RunSpec, hooks: RunHooks = {}): Promise<RunResult> {
  checkNames(spec.rows);
  for (const { method, options, from } of spec.rows) {
    method.check?.(spec.model, method.options.parse(options), from === undefined);
  }
  const labels = spec.data.test.labels;
  if (labels === undefined)
    fail({ code: "data.labels", where: spec.data.test.name, message: "the test part has no labels" });
  const isNew = !existsSync(spec.folder);
  makeFolder(spec.folder);
  hooks.onRun?.(spec);
  const test = { inputs: join(spec.folder, "test-inputs.pb"), labels: join(spec.folder, "test-labels.pb") };
  write(test.inputs, writeTensor(spec.data.test.inputs, "inputs"));
  write(test.labels, writeTensor(labels, "labels"));
  const jobs = spec.rows.map((row) => ({
    name: row.name,
    after: row.from,
    run: (before: FinishedRow | undefined, stop: AbortSignal) => {
      const signal = hooks.signal === undefined ? stop : AbortSignal.any([hooks.signal, stop]);
      return finishRow(spec, row, before?.model ?? spec.model, test, { ...hooks, signal });
    },
  }));
  const finished = await runJobs<FinishedRow>(jobs, spec.jobs).finally(() => {
    for (const path of Object.values(test)) rmSync(path, { force: true });
    // What was refused before its first step leaves nothing behind.
    const own = spec.rows.map(({ name }) => join(spec.folder, fileName(name)));
    for (const folder of isNew ? [...own, spec.folder] : own) removeEmpty(folder);
  });
  const report: Report = reportSchema.parse({
    schema: "femto.report/1",
    command: spec.command,
    created: new Date().toISOString(),
    seed: spec.seed,
    environment: environment(spec.threads),
    model: describeModel(spec.name, spec.model),
    data: describeData(spec.data, spec.model),
    machine: describeMachine(spec.model, spec.machine),
    method: spec.method,
    rows: finished.map(({ row }) => row),
    history: Object.fromEntries(finished.map(({ row, history }) => [row.name, history])),
    ...(spec.findings && { findings: spec.findings(finished.map(({ row }) => row)) }),
    warnings: [...new Set(finished.flatMap(({ warnings }) => warnings))],
    weightSelection: selectionOf(finished, spec.rows),
  });
  const reportPath = join(spec.folder, "report.json");
  const htmlPath = join(spec.folder, "report.html");
  writeJson(reportPath, report);
  write(htmlPath, renderHtml(report));
  return { report, reportPath, htmlPath };
}

/** Every row has a folder of its own. @throws FemtoError `run.rows` */
function checkNames(rows: readonly RowSpec[]): void {
  const folders = rows.map(({ name }) => fileName(name));
  const at = folders.findIndex((folder, i) => folder === "" || folders.indexOf(folder) !== i);
  if (at < 0) return;
  fail({
    code: "run.rows",
    where: `row "${rows[at]!.name}"`,
    message: "the row needs a folder of its own, named after it",
    expected: "names with letters or digits, each different",
    got: rows.map(({ name }) => `"${name}"`).join(", "),
  });
}

function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
