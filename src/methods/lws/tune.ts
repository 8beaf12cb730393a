/**
 * @file Fine-tuning in which every forward pass goes through the layers' tables: scales, sets and masks stand still, gradients
 * go straight through, latent weights are kept.
 */

import type { Model } from "../../graph/model.ts";
import {
  type BatchPlan,
  buildStep,
  type ClassifierData,
  chooseOptimizer,
  classifierObjective,
  cosine,
  examplesOf,
  networkParameters,
  type PhasePlan,
  type StepContext,
  type Tensors,
  type Trained,
  withFrozenStatistics,
} from "../../training/index.ts";
import type { ClassifierContext } from "../classifier-method.ts";
import type { EpochRecord } from "../method.ts";
import { stepsPerBlock, trainClassifier } from "../train-classifier.ts";
import type { LwsOptions } from "./options.ts";

export interface TuneRequest {
  /** Names the run: seeds the order of its batches. */
  readonly name: string;
  readonly epochs: number;
  readonly data: ClassifierData;
}

/** A step of plain cross-entropy on the model; running statistics are folded or stand still. */
function planStep(model: Model, batches: BatchPlan, earlier: Tensors, options: LwsOptions): PhasePlan {
  const trainee = withFrozenStatistics(model);
  const parameters = networkParameters(model, earlier).filter(({ group }) => group !== "statistics");
  const objective = (context: StepContext) => classifierObjective(trainee, context);
  const groups = { weights: { optimizer: chooseOptimizer(options.optimizer, options.weightDecay) } };
  return { step: buildStep({ name: "lws", parameters, groups, ...batches, objective }), parameters };
}

/** The `index`-th part of the training examples, `count` of them; parts follow each other round and round. */
export function partOf(data: ClassifierData, index: number, count = Number.POSITIVE_INFINITY): ClassifierData {
  const all = data.inputs.dims[0]!;
  if (count >= all) return data;
  const parts = Math.floor(all / count);
  const from = (index % parts) * count;
  return examplesOf(data, from, from + count);
}

/**
 * @param context whose checkpoint is this tuning's own
 * @param model with the parameters to start from
 */
export async function tune(
  context: ClassifierContext,
  model: Model,
  { name, epochs, data }: TuneRequest,
  options: LwsOptions,
): Promise<Trained<EpochRecord>> {
  // Down to zero in every tuning: a network still at full rate swings by what the schedule decides on.
  const rate = cosine(options.rate);
  return trainClassifier<EpochRecord>(context, {
    identified: { method: "lws", name, options },
    options,
    // Every tuning draws batches of its own.
    seed: seedOf(context.seed, name),
    data,
    blockSteps: stepsPerBlock(model, options.batchSize),
    phases: (batches) => [
      {
        name,
        epochs,
        controls: (moment) => ({ "rate:weights": rate(moment) }),
        plan: ({ parameters }) => planStep(model, batches, parameters, options),
      },
    ],
    columns: async () => ({}),
  });
}

/** A seed for each name: FNV-1a of both. */
function seedOf(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${name}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
