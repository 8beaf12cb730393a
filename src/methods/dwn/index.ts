/**
 * @file DWN: differentiable weightless networks (Bacellar et al., ICML 2024, arXiv 2410.11112). A classifier of lookup
 * tables alone: thermometer bits in, two layers of truth tables, ones counted for each class. Nothing multiplies.
 *
 * The model it is given says what is read and how many classes there are; its layers play no part.
 */

import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { checkClassifierData, chooseSchedule, evaluate, planBatches, train } from "../../training/index.ts";
import { type EpochRecord, method } from "../method.ts";
import { fitEncoder } from "./encoder.ts";
import { harden, hardModel, type Interface } from "./harden.ts";
import { layOut } from "./layout.ts";
import { type DwnOptions, dwnOptions } from "./options.ts";
import { planStep } from "./plan.ts";

export interface DwnRecord extends EpochRecord {
  readonly trainAccuracy: number;
  readonly testAccuracy?: number;
  /** Thermometer bits that some table reads. */
  readonly usedBits: number;
}

/** Steps of a block: a step of 3000 tables takes about 15 ms, so that a block stays under a second. */
const BLOCK_STEPS = 25;

export const dwn = method<DwnOptions>({
  id: "dwn",
  title: "Differentiable weightless network",
  paper: "Bacellar et al., Differentiable Weightless Neural Networks, ICML 2024, arXiv:2410.11112",
  options: dwnOptions as never,
  async apply({ data, seed, threads, identity, checkpoint, onProgress, onRecord, signal }, model, options) {
    checkClassifierData(model, data);
    const face = interfaceOf(model);
    const layout = layOut(fitEncoder(data.train, options), face.classes, seed, options);
    const batches = planBatches(data.train, options.batchSize, options.augmentation);
    const rate = chooseSchedule(options);
    const engine = new OrtEngine();
    try {
      const trained = await train<DwnRecord>({
        seed,
        resident: batches.tensors,
        examples: data.train.inputs.dims[0]!,
        batchSize: options.batchSize,
        ...options.augmentation,
        phases: [
          {
            name: "dwn",
            epochs: options.epochs,
            controls: (moment) => ({ "rate:tables": rate(moment), "rate:scores": rate(moment) }),
            plan: ({ parameters }) => planStep(layout, batches, seed, parameters),
          },
        ],
        blockSteps: BLOCK_STEPS,
        threads,
        fingerprint: JSON.stringify({ method: "dwn", options, seed, threads, identity }),
        ...(checkpoint === undefined ? {} : { checkpoint: { path: checkpoint } }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onBlock: onProgress }),
        onEpoch: async ({ phase, epoch, parameters, metrics }) => {
          const isMeasured = epoch % options.evaluateEvery === 0 || epoch === options.epochs;
          const hard = harden(layout, parameters);
          const record: DwnRecord = {
            phase,
            epoch,
            loss: metrics.loss!,
            trainAccuracy: metrics.accuracy!,
            usedBits: hard.used.length,
            ...(isMeasured && {
              testAccuracy: (await evaluate(engine, hardModel(hard, layout, face), data.test)).accuracy,
            }),
          };
          onRecord?.(record);
          return { record };
        },
      });
      return {
        model: hardModel(harden(layout, trained.parameters), layout, face),
        kind: "lookup",
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

/** What the given classifier reads and answers; the data were checked against it. */
function interfaceOf(model: Model): Interface {
  const copy = cloneModel(model);
  inferModel(copy);
  const { name, inputs, outputs } = copy.graph;
  const [input, output] = [inputs[0]!, outputs[0]!];
  const shape = input.type!.dims!.slice(1) as number[];
  return { name, input: input.name, shape, output: output.name, classes: output.type!.dims![1] as number };
}

export type { DwnOptions };
