/** @file Plain float32 training or fine-tuning: the row every other row starts from and is compared with. */

import { z } from "zod";
import type { Model } from "../../graph/model.ts";
import {
  type BatchPlan,
  buildStep,
  chooseOptimizer,
  chooseSchedule,
  classifierObjective,
  networkParameters,
  type PhasePlan,
  type StepContext,
  type Tensors,
  trainingOptionNames,
  trainingOptions,
  withParameters,
  withStatistics,
} from "../../training/index.ts";
import { classifierMethod } from "../classifier-method.ts";
import type { EpochRecord } from "../method.ts";
import { stepsPerBlock, trainClassifier } from "../train-classifier.ts";

export const floatOptions = z.object(trainingOptions(trainingOptionNames));

export type FloatOptions = z.output<typeof floatOptions>;

interface FloatRecord extends EpochRecord {
  readonly trainAccuracy: number;
  readonly testAccuracy?: number;
}

export const float = classifierMethod<FloatOptions>({
  id: "float",
  title: "Float32 training",
  paper: "baseline",
  options: floatOptions as never,
  async apply(context, model, options) {
    const rate = chooseSchedule(options);
    const { parameters, ...trained } = await trainClassifier<FloatRecord>(context, {
      identified: { method: "float", options },
      options,
      blockSteps: stepsPerBlock(model, options.batchSize),
      phases: (batches) => [
        {
          name: "float",
          epochs: options.epochs,
          controls: (moment) => ({ "rate:weights": rate(moment) }),
          plan: (start) => plan(model, batches, start.parameters, options),
        },
      ],
      columns: async ({ metrics, parameters }, test) => {
        const tested = await test(() => withParameters(model, parameters));
        return { trainAccuracy: metrics.accuracy!, ...(tested && { testAccuracy: tested.accuracy }) };
      },
    });
    return { model: withParameters(model, parameters), warnings: [], ...trained };
  },
});

/** The plain training step of a classifier; also the yardstick for the cost of other methods' steps. */
export function plan(
  model: Model,
  batches: BatchPlan,
  earlier: Tensors,
  { optimizer, weightDecay, smoothing, clip }: Pick<FloatOptions, "optimizer" | "weightDecay" | "smoothing" | "clip">,
): PhasePlan {
  const trainee = withStatistics(model);
  const parameters = networkParameters(model, earlier);
  const groups = { weights: { optimizer: chooseOptimizer(optimizer, weightDecay), ...(clip && { clip }) } };
  const objective = (context: StepContext) => classifierObjective(trainee, context, { smoothing });
  return { step: buildStep({ name: "float", parameters, groups, ...batches, objective }), parameters };
}
