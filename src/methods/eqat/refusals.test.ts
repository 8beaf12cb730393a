/** @file Methods refuse bad data before a single step is trained, and no checkpoint is left behind. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { numbers, tensor } from "../../base/tensor.ts";
import { loadMachine } from "../../machines/index.ts";
import { readModelFile } from "../../onnx/index.ts";
import type { TrainingData } from "../method.ts";
import { data, runSmall, smallNet } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-eqat-refusals-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { inputs, labels } = data.train;
const withLabels = (change: (label: number, i: number) => number): TrainingData => ({
  inputs,
  labels: tensor("int64", labels.dims, Array.from(numbers(labels), change)),
});

it.each<[string, string, TrainingData]>([
  ["data.label-range", "a label beyond the logits", withLabels((label, i) => (i === 5 ? 4 : label))],
  ["data.one-class", "one class", withLabels(() => 1)],
  [
    "data.nan",
    "NaN",
    { labels, inputs: { ...inputs, data: Float32Array.from(numbers(inputs)).fill(Number.NaN, 7, 8) } },
  ],
  ["data.shape", "flat pictures", { labels, inputs: { ...inputs, dims: [inputs.dims[0]!, 36] } }],
])("%s: %s", async (code, _, train) => {
  const checkpoint = join(folder, `${code}.onnx`);
  let steps = 0;
  const run = runSmall({}, smallNet(), { data: { ...data, train }, checkpoint, onProgress: () => steps++ });
  await expect(run).rejects.toMatchObject({ name: "FemtoError", code });
  expect(steps).toBe(0);
  expect(existsSync(checkpoint)).toBe(false);
});

it("data.label-range in the test part", async () => {
  const test = { ...data.test, labels: tensor("int64", data.test.labels.dims, new Array(96).fill(9)) };
  await expect(runSmall({}, smallNet(), { data: { ...data, test } })).rejects.toMatchObject({
    code: "data.label-range",
    where: expect.stringContaining("test"),
  });
});

it("train.batch: a batch larger than the training set", async () => {
  await expect(runSmall({ batchSize: 1000 })).rejects.toMatchObject({ code: "train.batch" });
});

it("checkpoint.other: prices that changed under the same name", async () => {
  const checkpoint = join(folder, "prices.onnx");
  const machine = loadMachine("horowitz-45nm-sram8k");
  await runSmall({ epochs: 1 }, smallNet(), { checkpoint, machine });
  const dearer = { ...loadMachine("horowitz-45nm-sram1m"), name: machine.name };
  await expect(runSmall({ epochs: 1 }, smallNet(), { checkpoint, machine: dearer })).rejects.toMatchObject({
    code: "checkpoint.other",
  });
});

it("a checkpoint states its prices to nine digits", async () => {
  const checkpoint = join(folder, "digits.onnx");
  await runSmall({ epochs: 1 }, smallNet(), { checkpoint });
  const { fingerprint } = JSON.parse(readModelFile(checkpoint).metadata.get("femto.checkpoint")!);
  const { mac, weight, input, fixed } = JSON.parse(fingerprint).coefficients;
  expect([mac.length, weight.length]).toEqual([3, 3]);
  for (const price of [mac, weight, input, fixed].flat()) expect(Number(price.toPrecision(9))).toBe(price);
});
