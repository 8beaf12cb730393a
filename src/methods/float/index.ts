/** @file Plain float32 training or fine-tuning: the row every other row starts from and is compared with. */

import { z } from "zod";
import { layerCosts } from "../../energy/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inlineModel, oneExample, trainableParameters } from "../../rewrites/index.ts";
import {
  asNetworkInput,
  batchAccuracy,
  blockSteps,
  buildStep,
  checkClassifierData,
  chooseOptimizer,
  chooseSchedule,
  crossEntropy,
  evaluate,
  hasStalled,
  optimizerNames,
  type Parameter,
  type PhasePlan,
  planBatches,
  type StepContext,
  scheduleNames,
  type Tensors,
  train,
  withStatistics,
} from "../../training/index.ts";
import { type EpochRecord, method } from "../method.ts";

export const floatOptions = z.object({
  epochs: z.number().int().min(1).default(10),
  batchSize: z.number().int().min(1).default(64),
  optimizer: z.enum(optimizerNames).default("adam"),
  rate: z.number().positive().default(1e-3),
  schedule: z.enum(scheduleNames).default("cosine"),
  /** For the schedule `step`: the rate is multiplied by `factor` after every so many epochs. */
  step: z
    .object({ every: z.number().int().min(1).default(10), factor: z.number().positive().default(0.1) })
    .default({ every: 10, factor: 0.1 }),
  /** Epochs in which the rate climbs to its value. */
  warmup: z.number().min(0).default(0),
  /** Ends where the training loss has not fallen for so many epochs; never, unless given. */
  patience: z.number().int().min(1).optional(),
  weightDecay: z.number().min(0).default(0),
  smoothing: z.number().min(0).max(0.5).default(0),
  clip: z.number().positive().optional(),
  augmentation: z
    .object({ shift: z.number().int().min(0).default(0), flip: z.boolean().default(false) })
    .default({ shift: 0, flip: false }),
  evaluateEvery: z.number().int().min(1).default(1),
});

export type FloatOptions = z.output<typeof floatOptions>;

export const float = method<FloatOptions>({
  id: "float",
  title: "Float32 training",
  paper: "baseline",
  options: floatOptions as never,
  async apply({ data, seed, threads, identity, checkpoint, onProgress, onRecord, signal }, model, options) {
    checkClassifierData(model, data);
    const engine = new OrtEngine();
    const batches = planBatches(data.train, options.batchSize, options.augmentation);
    const rate = chooseSchedule(options);
    const macs = layerCosts(model, oneExample(model)).reduce((sum, cost) => sum + cost.macs, 0);
    try {
      const trained = await train<EpochRecord>({
        seed,
        resident: batches.tensors,
        examples: data.train.inputs.dims[0]!,
        batchSize: options.batchSize,
        ...options.augmentation,
        phases: [
          {
            name: "float",
            epochs: options.epochs,
            controls: (moment) => ({ "rate:weights": rate(moment) }),
            plan: ({ parameters }) => plan(model, batches, parameters, options),
          },
        ],
        blockSteps: blockSteps(macs, options.batchSize),
        threads,
        fingerprint: JSON.stringify({ method: "float", options, seed, threads, identity }),
        ...(checkpoint === undefined ? {} : { checkpoint: { path: checkpoint } }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onBlock: onProgress }),
        onEpoch: async ({ phase, epoch, parameters, metrics, history }) => {
          const losses = [...history.map(({ loss }) => loss), metrics.loss!];
          const stop = options.patience !== undefined && hasStalled(losses, options.patience);
          const isMeasured = stop || epoch % options.evaluateEvery === 0 || epoch === options.epochs;
          const record: EpochRecord = {
            phase,
            epoch,
            loss: metrics.loss!,
            trainAccuracy: metrics.accuracy!,
            ...(isMeasured && {
              testAccuracy: (await evaluate(engine, withParameters(model, parameters), data.test)).accuracy,
            }),
          };
          onRecord?.(record);
          return { record, stop };
        },
      });
      return {
        model: withParameters(model, trained.parameters),
        history: trained.history,
        warnings: [],
        stepSeconds: trained.stepSeconds,
        isFinished: trained.isFinished,
      };
    } finally {
      await engine.close();
    }
  },
});

/** The plain training step of a classifier; also the yardstick for the cost of other methods' steps. */
export function plan(
  model: Model,
  batches: ReturnType<typeof planBatches>,
  earlier: Tensors,
  options: Pick<FloatOptions, "optimizer" | "weightDecay" | "smoothing" | "clip">,
): PhasePlan {
  const trainee = withStatistics(model);
  const parameters: Parameter[] = trainableParameters(model).map(({ value, role, decay }) => ({
    name: value.name,
    value: earlier[value.name] ?? value.constant!,
    group: role === "statistic" ? "statistics" : "weights",
    decays: decay,
  }));
  const objective = ({ g, parameters: bound, batch }: StepContext) => {
    const x = asNetworkInput(g, batch.x!, trainee.model);
    const bind = new Map([[trainee.model.graph.inputs[0]!.name, x], ...bound]);
    const [logits, ...statistics] = inlineModel(g, trainee.model, bind);
    return {
      loss: crossEntropy(g, logits!, batch.y!, { smoothing: options.smoothing }),
      metrics: { accuracy: batchAccuracy(g, logits!, batch.y!) },
      statistics: new Map(trainee.statistics.map((name, i) => [name, statistics[i]!])),
    };
  };
  const optimizer = chooseOptimizer(options.optimizer, options.weightDecay);
  const groups = { weights: { optimizer, ...(options.clip && { clip: options.clip }) } };
  return { step: buildStep({ name: "float", parameters, groups, ...batches, objective }), parameters };
}

/** The model with trained values in the place of its initializers. */
export function withParameters(model: Model, parameters: Tensors): Model {
  const copy = cloneModel(model);
  for (const value of copy.graph.initializers) value.constant = parameters[value.name] ?? value.constant;
  return copy;
}
