/** @file A measurement is taken from its file only where nothing that it depends on has changed. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cloneModel } from "../graph/clone.ts";
import { writeTensor } from "../onnx/index.ts";
import { writable } from "./describe.ts";
import { measurementKey, measureOnce } from "./measure-once.ts";
import { write } from "./output.ts";
import { smallSpec } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-once-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { model, data } = smallSpec(folder);
const at = (name: string) => join(folder, name);
const job = {
  artefact: at("model.onnx"),
  inputs: at("inputs.pb"),
  labels: at("labels.pb"),
  normalisation: data.test.normalisation,
};
write(job.artefact, writable(model));
write(job.inputs, writeTensor(data.test.inputs, "inputs"));
write(job.labels, writeTensor(data.test.labels!, "labels"));

/** Marks what lies in the file, so that taking it from there can be told from measuring. */
function mark(): void {
  const known = JSON.parse(readFileSync(at("measured.json"), "utf8"));
  writeFileSync(at("measured.json"), JSON.stringify({ ...known, result: { ...known.result, loss: -1 } }));
}

describe("measureOnce", () => {
  it("measures at first, and then no more", async () => {
    const first = await measureOnce(job);
    expect(first.examples).toBe(61);
    expect(await measureOnce(job)).toEqual(first);
    mark();
    expect((await measureOnce(job)).loss).toBe(-1);
  });

  it("measures again where the artefact, the task or the data is another", async () => {
    const first = await measureOnce({ ...job, checked: 7 });
    expect(first.loss).toBeGreaterThan(0);
    mark();
    expect((await measureOnce(job)).loss).toBe(first.loss);

    mark();
    const other = cloneModel(model);
    const weight = other.graph.initializers.find(({ constant }) => constant?.dtype === "float32")!;
    weight.constant = { ...weight.constant!, data: (weight.constant!.data as Float32Array).map((value) => 2 * value) };
    write(job.artefact, writable(other));
    const changed = (await measureOnce(job)).loss;
    expect(changed).toBeGreaterThan(0);
    expect(changed).not.toBe(first.loss);

    mark();
    write(
      job.labels,
      writeTensor({ ...data.test.labels!, data: data.test.labels!.data.toReversed() as never }, "labels"),
    );
    expect((await measureOnce(job)).loss).not.toBe(-1);
  });

  it("measures again on another processor, whose kernels may answer otherwise by default options", () => {
    expect(measurementKey(job)).toBe(measurementKey(job));
    expect(measurementKey(job, "linux arm64, another")).not.toBe(measurementKey(job));
  });

  it("measures again where the file was cut off", async () => {
    const first = await measureOnce(job);
    writeFileSync(at("measured.json"), readFileSync(at("measured.json"), "utf8").slice(0, 40));
    expect(await measureOnce(job)).toEqual(first);
  });
});
