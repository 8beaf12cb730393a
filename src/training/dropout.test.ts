/** @file A network with Dropout trains to the same bits again, also when it was stopped and gone on with. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, tensor } from "../base/tensor.ts";
import { glorot } from "../zoo/initialise.ts";
import { Network } from "../zoo/network.ts";
import {
  adam,
  buildStep,
  classifierObjective,
  networkParameters,
  planBatches,
  type StepContext,
  type Tensors,
  type TrainSpec,
  train,
  withStatistics,
} from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-dropout-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rng = new Rng(4, "points");
const points = Array.from({ length: 40 }, () => [rng.normal(), rng.normal()]);
const labels = points.map((point) => point.filter((coordinate) => coordinate > 0).length);
const batches = planBatches({ inputs: f32([40, 2], points.flat()), labels: tensor("int64", [40], labels) }, 10);

/** fc 16, Dropout 0.5, ReLU, Dropout 0.2, fc 3. */
const model = (() => {
  const net = new Network("dropped", 3);
  const hidden = net.dropout("drop1", net.dense("fc1", net.input("x", [2]), 16, { init: glorot }), 0.5);
  const last = net.dropout("drop2", net.relu("relu", hidden), 0.2);
  return net.finish(net.dense("fc2", last, 3, { init: glorot }), "logits", {
    network: "dropped",
    task: "classification",
    input: { layout: "NF", scale: 1 },
    options: {},
  });
})();

function plan({ parameters: earlier }: { readonly parameters: Tensors }) {
  const trainee = withStatistics(model);
  const parameters = networkParameters(model, earlier);
  const objective = (context: StepContext) => classifierObjective(trainee, context);
  const groups = { weights: { optimizer: adam() } };
  return { step: buildStep({ name: "dropped", parameters, groups, ...batches, objective }), parameters };
}

const spec = (seed: number, rate: number): TrainSpec<number> => ({
  seed,
  resident: batches.tensors,
  examples: 40,
  batchSize: 10,
  phases: ["one", "two"].map((name) => ({ name, epochs: 2, plan, controls: () => ({ "rate:weights": rate }) })),
  blockSteps: 3,
  fingerprint: "test",
  onEpoch: async ({ metrics }) => ({ record: metrics.loss! }),
});
const bits = ({ parameters }: { readonly parameters: Tensors }) =>
  Object.entries(parameters).map(([name, { data }]) => [name, data] as const);

it("draws a new mask at every step", async () => {
  // Nothing is learned, and an epoch is all examples: only the masks tell epochs and phases apart.
  const { history } = await train(spec(1, 0));
  expect(new Set(history).size).toBe(4);
});

it("ends with the same bits again, and with others from another seed", async () => {
  const whole = await train(spec(1, 0.02));
  const again = await train(spec(1, 0.02));
  expect(again.history).toEqual(whole.history);
  expect(bits(again)).toEqual(bits(whole));
  expect(bits(await train(spec(2, 0.02)))).not.toEqual(bits(whole));

  // 4 steps an epoch in blocks of 3 and 1: stopped inside an epoch, between epochs, between phases, inside the last epoch.
  for (const stopAfter of [1, 2, 4, 7]) {
    const checkpoint = { path: join(folder, `${stopAfter}.onnx`) };
    const controller = new AbortController();
    let blocks = 0;
    const onBlock = () => {
      if (++blocks === stopAfter) controller.abort();
    };
    const first = await train({ ...spec(1, 0.02), checkpoint, signal: controller.signal, onBlock });
    expect(first.isFinished).toBe(false);
    const second = await train({ ...spec(1, 0.02), checkpoint });
    expect(second.history, `stopped after ${stopAfter} blocks`).toEqual(whole.history);
    expect(bits(second), `stopped after ${stopAfter} blocks`).toEqual(bits(whole));
  }
});
