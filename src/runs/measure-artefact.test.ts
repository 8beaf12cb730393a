/** @file The fresh process: its errors come back as they are, its death and an abort end the wait. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeTensor } from "../onnx/index.ts";
import { writable } from "./describe.ts";
import { measureArtefact } from "./measure-artefact.ts";
import { write } from "./output.ts";
import { smallSpec } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-measure-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { model, data } = smallSpec(folder);
const job = {
  artefact: join(folder, "model.onnx"),
  inputs: join(folder, "inputs.pb"),
  labels: join(folder, "labels.pb"),
  normalisation: data.test.normalisation,
};
write(job.artefact, writable(model));
write(job.inputs, writeTensor(data.test.inputs, "inputs"));
write(job.labels, writeTensor(data.test.labels!, "labels"));

describe("measureArtefact", () => {
  it("measures, under default options too", async () => {
    const result = await measureArtefact(job);
    expect(result).toMatchObject({ examples: 61, defaultAccuracy: result.accuracy, defaultDiffers: 0 });
  });

  it("passes on what the process met", async () => {
    const broken = join(folder, "broken.onnx");
    writeFileSync(broken, "no model");
    await expect(measureArtefact({ ...job, artefact: broken })).rejects.toMatchObject({
      name: "FemtoError",
      code: expect.stringMatching(/^onnx\./),
    });
  });

  it("says how the process died", async () => {
    await expect(measureArtefact({ ...job, inputs: join(folder, "gone.pb") })).rejects.toMatchObject({
      code: "run.process",
      where: job.artefact,
      got: expect.stringMatching(/./),
    });
  });

  it("ends when told to stop", async () => {
    const controller = new AbortController();
    const waiting = measureArtefact(job, controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(measureArtefact(job, controller.signal)).rejects.toThrow("enough");
  });
});
