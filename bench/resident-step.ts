/** @file A training step with data and state resident in the engine: looped, as `train` runs it, or step by step. */

import { Rng } from "../src/base/rng.ts";
import { f32, rowsOf, scalar, sizeOf, type Tensor, tensor } from "../src/base/tensor.ts";
import type { OrtEngine, OrtSession } from "../src/engine/index.ts";
import type { Model } from "../src/graph/model.ts";
import { loopify } from "../src/rewrites/index.ts";
import type { BatchPlan, ClassifierData, PhasePlan } from "../src/training/index.ts";

/** Random uint8 examples for the network's input, with random labels. */
export function randomExamples(network: Model, examples: number, classes: number, seed = 1): ClassifierData {
  const rng = new Rng(seed, "examples");
  const dims = [examples, ...(network.graph.inputs[0]!.type!.dims!.slice(1) as number[])];
  const inputs: Tensor = {
    dtype: "uint8",
    dims,
    data: Uint8Array.from({ length: sizeOf(dims) }, () => rng.below(256)),
  };
  const labels = tensor(
    "int64",
    [examples],
    Array.from({ length: examples }, () => rng.below(classes)),
  );
  const channels = dims[1]!;
  const normalisation = {
    scale: 1 / 255,
    mean: new Array<number>(channels).fill(0.5),
    std: new Array<number>(channels).fill(0.3),
  };
  return { inputs, labels, normalisation };
}

/** What one run of a step is fed besides what the engine holds: indices and controls of `count` steps, stacked. */
function feedsOf({ step }: PhasePlan, batchSize: number, examples: number, count: number): Record<string, Tensor> {
  const index = Array.from({ length: count * batchSize }, (_, i) => i % examples);
  const feeds: Record<string, Tensor> = { index: tensor("int64", [count, batchSize], index) };
  for (const name of step.controls) feeds[name] = f32([count], new Array(count).fill(1e-4));
  return feeds;
}

/** Runs `count` steps of an opened training step. */
export type RunSteps = (count: number) => Promise<void>;

/** Puts the data set, the parameters and the optimizer state into the session. */
async function fill(session: OrtSession, { step, parameters }: PhasePlan, batches: BatchPlan): Promise<void> {
  const start = Object.fromEntries(parameters.map(({ name, value }) => [`p:${name}`, value]));
  await session.hold({ ...batches.tensors, ...step.state, ...start });
}

const examplesOf = (batches: BatchPlan): number => batches.tensors["data/y"]!.dims[0]!;

/** Opens the step in a Loop: all steps are one run. */
export async function openLooped(
  engine: OrtEngine,
  plan: PhasePlan,
  batches: BatchPlan,
  batchSize: number,
): Promise<RunSteps> {
  const { step } = plan;
  const looped = loopify(step.model, {
    carry: step.carry,
    resident: step.resident,
    scanned: [...step.scanned, ...step.controls],
    stacked: step.metrics.map((name) => `metric:${name}`),
  });
  const session = await engine.load(looped, { threads: 1, keepQdq: true, layout: "blocked" });
  await fill(session, plan, batches);
  return async (count) => {
    const feeds = { steps: scalar("int64", count), ...feedsOf(plan, batchSize, examplesOf(batches), count) };
    await session.run(feeds, { fetch: ["metric:loss"], carry: step.carry });
  };
}

/** Opens the step as it is: every step is a run. */
export async function openSingle(
  engine: OrtEngine,
  plan: PhasePlan,
  batches: BatchPlan,
  batchSize: number,
): Promise<RunSteps> {
  const { step } = plan;
  const session = await engine.load(step.model, { threads: 1, keepQdq: true, layout: "blocked" });
  await fill(session, plan, batches);
  return async (count) => {
    const stacked = feedsOf(plan, batchSize, examplesOf(batches), count);
    for (let k = 0; k < count; k++) {
      const feeds = Object.fromEntries(Object.entries(stacked).map(([name, stack]) => [name, row(stack, k)]));
      await session.run(feeds, { fetch: ["metric:loss"], carry: step.carry });
    }
  };
}

/** Element k of the first axis, which goes away. */
function row(stack: Tensor, k: number): Tensor {
  const one = rowsOf(stack, k, k + 1);
  return { ...one, dims: stack.dims.slice(1) };
}
