/**
 * @file QuWeiT: quasi-weightless transformers (arXiv 2411.01818). The MLPs of a ViT, BERT or GPT become blocks of table
 * lookups and conditional additions; attention stays, and all is trained together.
 */

import { layerCosts } from "../../energy/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { hardenBlocks, oneExample } from "../../rewrites/index.ts";
import { type BatchPlan, chooseSchedule, type Moment, type Tensors, withParameters } from "../../training/index.ts";
import { classifierMethod } from "../classifier-method.ts";
import type { EpochRecord } from "../method.ts";
import { stepsPerBlock, trainClassifier } from "../train-classifier.ts";
import { integerForm } from "./integer.ts";
import { noteOnes } from "./ones.ts";
import { type QuweitOptions, quweitOptions } from "./options.ts";
import { planTraining, planWarmStart } from "./plan.ts";
import { studentOf } from "./variant.ts";

export interface QuweitRecord extends EpochRecord {
  readonly trainAccuracy?: number;
  readonly testAccuracy?: number;
  /** Mean cross-entropy of the test part, nats. */
  readonly testLoss?: number;
}

export const quweit = classifierMethod<QuweitOptions>({
  id: "quweit",
  title: "Quasi-weightless transformer",
  paper: "Shrinking the Giant: Quasi-Weightless Transformers for Low Energy Inference, 2024, arXiv:2411.01818",
  options: quweitOptions as never,
  async apply(context, model, options) {
    const { data, seed, engine } = context;
    const teacher = cloneModel(model);
    inferModel(teacher);
    const student = studentOf(teacher, seed, options);
    const finished = (values: Tensors): Model =>
      hardenBlocks(withParameters(student.model, values), { vectors: options.vectors });
    const schedule = chooseSchedule({ ...options, rate: 1 });
    const controls = (share: (moment: Moment) => number) => (moment: Moment) => {
      const { rate, tableRate, vectorRate, thresholdRate } = options;
      const each = {
        weights: rate,
        tables: tableRate,
        scores: tableRate,
        thresholds: thresholdRate,
        vectors: vectorRate,
      };
      return Object.fromEntries(Object.entries(each).map(([name, value]) => [`rate:${name}`, value * share(moment)]));
    };
    const warmStart = (batches: BatchPlan) => ({
      name: "warm start",
      epochs: options.warmStart,
      controls: controls(() => 1),
      plan: (start: { parameters: Tensors }) => planWarmStart(student, teacher, batches, options, start.parameters),
    });
    const { parameters, ...trained } = await trainClassifier<QuweitRecord>(context, {
      identified: { method: "quweit", options: trainingPart(options) },
      options,
      blockSteps: stepsPerBlock(student.model, options.batchSize),
      phases: (batches) => [
        ...(options.warmStart === 0 ? [] : [warmStart(batches)]),
        {
          name: options.variant,
          epochs: options.epochs - options.warmStart,
          controls: controls(behindWarmStart(schedule, options)),
          plan: (start) => planTraining(student, teacher, batches, options, start.parameters),
        },
      ],
      measured: [Math.ceil(options.warmStart)],
      columns: async ({ metrics, parameters }, test) => {
        const tested = await test(() => finished(parameters));
        return {
          ...(metrics.accuracy !== undefined && { trainAccuracy: metrics.accuracy }),
          ...(tested && { testAccuracy: tested.accuracy, testLoss: tested.loss }),
        };
      },
    });
    const result = finished(parameters);
    await noteOnes(engine, result, data.train);
    const exported = options.integer ? await integerForm(engine, result, data.train, options.root) : result;
    return {
      model: result,
      kind: "reworked",
      ...(options.integer && { exported }),
      bits: layerCosts(exported, oneExample(exported)).map(({ name }) => ({ layer: name, weight: 8, input: 8 })),
      warnings: options.integer ? [] : [FLOAT_FILE],
      ...trained,
    };
  },
});

const FLOAT_FILE =
  "the file multiplies in float32; the energy is that of the same work in 8 bits, which the integer form does";

/** What training depends on: the form of the file comes afterwards. */
const trainingPart = ({ integer: _, root: __, ...rest }: QuweitOptions) => rest;

/** The schedule over the epochs behind the warm start alone. */
function behindWarmStart(schedule: (moment: Moment) => number, { warmStart }: QuweitOptions) {
  return ({ step, steps, stepsPerEpoch }: Moment): number => {
    const before = Math.round(warmStart * stepsPerEpoch);
    return schedule({ step: step - before, steps: steps - before, stepsPerEpoch });
  };
}

export type { QuweitOptions };
