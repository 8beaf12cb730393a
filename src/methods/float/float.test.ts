/** @file Float training: it learns, stops where its loss stalls, and goes on from a checkpoint to the same decision. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../../base/rng.ts";
import { f32, tensor } from "../../base/tensor.ts";
import { loadMachine } from "../../machines/index.ts";
import { mlp } from "../../zoo/index.ts";
import type { MethodContext, TrainingData } from "../method.ts";
import { float, floatOptions } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-float-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two noisy, overlapping clouds [count, 2]. */
function clouds(count: number, stream: string): TrainingData {
  const rng = new Rng(6, stream);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const points = labels.flatMap((label) => [label + 0.6 * rng.normal(), 0.6 * rng.normal() - label]);
  return { inputs: f32([count, 2], points), labels: tensor("int32", [count], labels) };
}

const context = (own: Partial<MethodContext> = {}): MethodContext => ({
  data: { train: clouds(80, "train"), test: clouds(41, "test") },
  machine: loadMachine("horowitz-45nm-sram8k"),
  seed: 1,
  threads: 1,
  identity: "test",
  ...own,
});

const model = mlp({ inputs: 2, hidden: [4], classes: 2, seed: 3 });
const options = (own: object = {}) => floatOptions.parse({ epochs: 3, batchSize: 8, rate: 0.02, ...own });

describe("float training", () => {
  it("learns, and measures the last epoch whatever the interval", async () => {
    const { history, isFinished } = await float.apply(context(), model, options({ evaluateEvery: 2 }));
    expect(isFinished).toBe(true);
    expect(history.map(({ testAccuracy }) => testAccuracy !== undefined)).toEqual([false, true, true]);
    expect(history[2]!.loss).toBeLessThan(history[0]!.loss);
    expect(history[2]!.testAccuracy).toBeGreaterThan(0.7);
  });

  it("stops where the loss stalls; killed before and resumed, at the same epoch with the same weights", async () => {
    const own = options({ epochs: 60, rate: 0.3, schedule: "constant", patience: 3, evaluateEvery: 100 });
    const whole = await float.apply(context(), model, own);
    const losses = whole.history.map(({ loss }) => loss);
    expect(losses.length).toBeGreaterThan(3);
    expect(losses.length).toBeLessThan(60);
    expect(Math.min(...losses.slice(-3))).toBeGreaterThanOrEqual(Math.min(...losses.slice(0, -3)));
    expect(whole.history.at(-1)).toHaveProperty("testAccuracy");

    const controller = new AbortController();
    const checkpoint = join(folder, "stalled.onnx");
    const onRecord = ({ epoch }: { epoch: number }) => epoch === losses.length - 1 && controller.abort();
    const first = await float.apply(context({ checkpoint, onRecord, signal: controller.signal }), model, own);
    expect(first.isFinished).toBe(false);
    const second = await float.apply(context({ checkpoint }), model, own);
    expect(second.history).toEqual(whole.history);
    const weights = ({ graph }: typeof model) => graph.initializers.map(({ constant }) => constant!.data);
    expect(weights(second.model)).toEqual(weights(whole.model));
  });

  it("takes warm-up, steps, smoothing, clipping and every optimizer", async () => {
    for (const optimizer of ["adam", "adamw", "adadelta", "sgd"]) {
      const own = { optimizer, rate: optimizer === "adadelta" ? 1 : 0.02, warmup: 1, smoothing: 0.1, clip: 1 };
      const step = { every: 2, factor: 0.5 };
      const { history } = await float.apply(context(), model, options({ ...own, schedule: "step", step }));
      expect(history[2]!.loss, optimizer).toBeLessThan(history[0]!.loss);
    }
  });
});
