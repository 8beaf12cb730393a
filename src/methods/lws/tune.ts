/**
 * @file Fine-tuning in which every forward pass goes through the layers' tables: scales, sets and masks stand still, gradients
 * go straight through, latent weights are kept.
 */

import { rowsOf } from "../../base/tensor.ts";
import { layerCosts } from "../../energy/index.ts";
import type { Model } from "../../graph/model.ts";
import { inlineModel, oneExample, trainableParameters } from "../../rewrites/index.ts";
import {
  type BatchPlan,
  batchAccuracy,
  blockSteps,
  buildStep,
  type ClassifierData,
  chooseOptimizer,
  constant,
  cosine,
  crossEntropy,
  type Parameter,
  type PhasePlan,
  planBatches,
  type StepContext,
  type Tensors,
  train,
  withFrozenStatistics,
} from "../../training/index.ts";
import type { LwsOptions } from "./options.ts";

export interface TuneRequest {
  /** Names the run: seeds the order of its batches. */
  readonly name: string;
  readonly epochs: number;
  /** The rate falls to zero by a cosine; else it stays. */
  readonly isLast: boolean;
  readonly data: ClassifierData;
  readonly seed: number;
  readonly threads: number;
  readonly identity: string;
  readonly checkpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBlock?: (progress: { done: number; total: number; loss: number }) => void;
}

export interface Tuned {
  readonly parameters: Tensors;
  /** Mean loss and accuracy of the last epoch. */
  readonly loss: number;
  readonly accuracy: number;
  readonly stepSeconds: number;
  readonly isFinished: boolean;
}

/** A step of plain cross-entropy on the model; running statistics are folded or stand still. */
function planStep(model: Model, batches: BatchPlan, earlier: Tensors, options: LwsOptions): PhasePlan {
  const trainee = withFrozenStatistics(model);
  const parameters = trainableParameters(model)
    .filter(({ role }) => role !== "statistic")
    .map(({ value, decay }): Parameter => {
      const { name } = value;
      return { name, value: earlier[name] ?? value.constant!, group: "weights", decays: decay };
    });
  const objective = ({ g, parameters: bound, batch }: StepContext) => {
    const bind = new Map([[trainee.model.graph.inputs[0]!.name, batch.x!], ...bound]);
    const [logits] = inlineModel(g, trainee.model, bind);
    const loss = crossEntropy(g, logits!, batch.y!);
    return { loss, metrics: { accuracy: batchAccuracy(g, logits!, batch.y!) } };
  };
  const groups = { weights: { optimizer: chooseOptimizer(options.optimizer, options.weightDecay) } };
  return { step: buildStep({ name: "lws", parameters, groups, ...batches, objective }), parameters };
}

/** The `index`-th part of the training examples, `count` of them; parts follow each other round and round. */
export function partOf(data: ClassifierData, index: number, count = Number.POSITIVE_INFINITY): ClassifierData {
  const all = data.inputs.dims[0]!;
  if (count >= all) return data;
  const parts = Math.floor(all / count);
  const from = (index % parts) * count;
  const cut = (tensor: ClassifierData["inputs"]) => rowsOf(tensor, from, from + count);
  return { ...data, inputs: cut(data.inputs), labels: cut(data.labels) };
}

/** @param model with the parameters to start from */
export async function tune(model: Model, request: TuneRequest, options: LwsOptions): Promise<Tuned> {
  const { name, epochs, isLast, data, seed, threads, identity, checkpoint, signal, onBlock } = request;
  const batches = planBatches(data, options.batchSize, options.augmentation);
  const rate = isLast ? cosine(options.rate) : constant(options.rate);
  const macs = layerCosts(model, oneExample(model)).reduce((sum, cost) => sum + cost.macs, 0);
  const trained = await train<{ loss: number; accuracy: number }>({
    // Every tuning draws batches of its own.
    seed: seedOf(seed, name),
    resident: batches.tensors,
    examples: data.inputs.dims[0]!,
    batchSize: options.batchSize,
    ...options.augmentation,
    phases: [
      {
        name,
        epochs,
        controls: (moment) => ({ "rate:weights": rate(moment) }),
        plan: ({ parameters }) => planStep(model, batches, parameters, options),
      },
    ],
    blockSteps: blockSteps(macs, options.batchSize),
    threads,
    fingerprint: JSON.stringify({ method: "lws", name, options, seed, threads, identity }),
    ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }),
    ...(signal && { signal }),
    ...(onBlock && { onBlock }),
    onEpoch: async ({ metrics }) => ({ record: { loss: metrics.loss!, accuracy: metrics.accuracy! } }),
  });
  const { parameters, stepSeconds, isFinished } = trained;
  const { loss, accuracy } = trained.history.at(-1) ?? { loss: 0, accuracy: 0 };
  return { parameters, loss, accuracy, stepSeconds, isFinished };
}

/** A seed for each name: FNV-1a of both. */
function seedOf(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${name}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
