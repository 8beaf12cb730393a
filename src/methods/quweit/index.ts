/**
 * @file QuWeiT: quasi-weightless transformers (arXiv 2411.01818). The MLPs of a ViT, BERT or GPT become blocks of table
 * lookups and conditional additions; attention stays, and all is trained together.
 */

import { layerCosts } from "../../energy/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { hardenBlocks, oneExample } from "../../rewrites/index.ts";
import {
  blockSteps,
  checkClassifierData,
  chooseSchedule,
  evaluate,
  type Moment,
  planBatches,
  type Tensors,
  train,
} from "../../training/index.ts";
import { type EpochRecord, method } from "../method.ts";
import { integerForm } from "./integer.ts";
import { noteOnes } from "./ones.ts";
import { type QuweitOptions, quweitOptions } from "./options.ts";
import { planTraining, planWarmStart } from "./plan.ts";
import { studentOf, withValues } from "./variant.ts";

export interface QuweitRecord extends EpochRecord {
  readonly trainAccuracy?: number;
  readonly testAccuracy?: number;
  /** Mean cross-entropy of the test part, nats. */
  readonly testLoss?: number;
}

export const quweit = method<QuweitOptions>({
  id: "quweit",
  title: "Quasi-weightless transformer",
  paper: "Shrinking the Giant: Quasi-Weightless Transformers for Low Energy Inference, 2024, arXiv:2411.01818",
  options: quweitOptions as never,
  async apply({ data, seed, threads, identity, checkpoint, onProgress, onRecord, signal }, model, options) {
    checkClassifierData(model, data);
    const teacher = cloneModel(model);
    inferModel(teacher);
    const student = studentOf(teacher, seed, options);
    const finished = (values: Tensors): Model =>
      hardenBlocks(withValues(student.model, values), { vectors: options.vectors });
    const batches = planBatches(data.train, options.batchSize, options.augmentation);
    const schedule = chooseSchedule({ ...options, rate: 1 });
    const controls = (share: (moment: Moment) => number) => (moment: Moment) => {
      const { rate, tableRate, vectorRate } = options;
      const each = { weights: rate, tables: tableRate, scores: tableRate, thresholds: vectorRate, vectors: vectorRate };
      return Object.fromEntries(Object.entries(each).map(([name, value]) => [`rate:${name}`, value * share(moment)]));
    };
    const engine = new OrtEngine();
    const last = options.warmStart + options.epochs;
    try {
      const trained = await train<QuweitRecord>({
        seed,
        resident: batches.tensors,
        examples: data.train.inputs.dims[0]!,
        batchSize: options.batchSize,
        ...options.augmentation,
        phases: [
          ...(options.warmStart === 0
            ? []
            : [
                {
                  name: "warm start",
                  epochs: options.warmStart,
                  controls: controls(() => 1),
                  plan: ({ parameters }: { parameters: Tensors }) =>
                    planWarmStart(student, teacher, batches, options, parameters),
                },
              ]),
          {
            name: options.variant,
            epochs: options.epochs,
            controls: controls(behindWarmStart(schedule, options)),
            plan: ({ parameters }) => planTraining(student, teacher, batches, options, parameters),
          },
        ],
        blockSteps: blockSteps(workOf(student.model), options.batchSize),
        threads,
        fingerprint: JSON.stringify({ method: "quweit", options: trainingPart(options), seed, threads, identity }),
        ...(checkpoint === undefined ? {} : { checkpoint: { path: checkpoint } }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onBlock: onProgress }),
        onEpoch: async ({ phase, epoch, parameters, metrics }) => {
          const isMeasured = epoch % options.evaluateEvery === 0 || epoch === last || epoch === options.warmStart;
          const test = isMeasured ? await evaluate(engine, finished(parameters), data.test) : undefined;
          const record: QuweitRecord = {
            phase,
            epoch,
            loss: metrics.loss!,
            ...(metrics.accuracy !== undefined && { trainAccuracy: metrics.accuracy }),
            ...(test && { testAccuracy: test.accuracy, testLoss: test.loss }),
          };
          onRecord?.(record);
          return { record };
        },
      });
      const result = finished(trained.parameters);
      await noteOnes(engine, result, data.train);
      const exported = options.integer ? await integerForm(engine, result, data.train, options.root) : result;
      return {
        model: result,
        kind: "reworked",
        ...(options.integer && { exported }),
        bits: layerCosts(exported, oneExample(exported)).map(({ name }) => ({ layer: name, weight: 8, input: 8 })),
        history: trained.history,
        warnings: options.integer ? [] : [FLOAT_FILE],
        stepSeconds: trained.stepSeconds,
        isFinished: trained.isFinished,
      };
    } finally {
      await engine.close();
    }
  },
});

const FLOAT_FILE =
  "the file multiplies in float32; the energy is that of the same work in 8 bits, which the integer form does";

/** What training depends on: the form of the file comes afterwards. */
const trainingPart = ({ integer: _, root: __, ...rest }: QuweitOptions) => rest;

/** The schedule over the epochs behind the warm start alone. */
function behindWarmStart(schedule: (moment: Moment) => number, { warmStart }: QuweitOptions) {
  return ({ step, steps, stepsPerEpoch }: Moment): number => {
    const before = warmStart * stepsPerEpoch;
    return schedule({ step: step - before, steps: steps - before, stepsPerEpoch });
  };
}

/** Multiply-accumulates of an example: training does the conditional sums as products, too. */
const workOf = (model: Model): number =>
  Math.max(
    1,
    layerCosts(model, oneExample(model)).reduce((sum, { macs }) => sum + macs, 0),
  );

export type { QuweitOptions };
