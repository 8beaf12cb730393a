/**
 * @file DWN: differentiable weightless networks (Bacellar et al., ICML 2024, arXiv 2410.11112). A classifier of lookup
 * tables alone: thermometer bits in, two layers of truth tables, ones counted for each class. Nothing multiplies.
 *
 * The model it is given says what is read and how many classes there are; its layers play no part.
 */

import { fail } from "../../base/errors.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { chooseSchedule } from "../../training/index.ts";
import { classifierMethod } from "../classifier-method.ts";
import type { EpochRecord } from "../method.ts";
import { trainClassifier } from "../train-classifier.ts";
import { fitEncoder } from "./encoder.ts";
import { harden, hardModel, type Interface } from "./harden.ts";
import { layerSizes, layOut } from "./layout.ts";
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

export const dwn = classifierMethod<DwnOptions>({
  id: "dwn",
  title: "Differentiable weightless network",
  paper: "Bacellar et al., Differentiable Weightless Neural Networks, ICML 2024, arXiv:2410.11112",
  options: dwnOptions as never,
  check: (model, options) => void layerSizes(interfaceOf(model).classes, options),
  async apply(context, model, options) {
    const { data, seed } = context;
    const face = interfaceOf(model);
    const layout = layOut(fitEncoder(data.train, options), face.classes, seed, options);
    const rate = chooseSchedule(options);
    const { parameters, ...trained } = await trainClassifier<DwnRecord>(context, {
      identified: { method: "dwn", options },
      options,
      blockSteps: BLOCK_STEPS,
      phases: (batches) => [
        {
          name: "dwn",
          epochs: options.epochs,
          controls: (moment) => ({ "rate:tables": rate(moment), "rate:scores": rate(moment) }),
          plan: (start) => planStep(layout, batches, seed, start.parameters),
        },
      ],
      columns: async ({ metrics, parameters }, test) => {
        const hard = harden(layout, parameters);
        const tested = await test(() => hardModel(hard, layout, face));
        return {
          trainAccuracy: metrics.accuracy!,
          usedBits: hard.used.length,
          ...(tested && { testAccuracy: tested.accuracy }),
        };
      },
    });
    return { model: hardModel(harden(layout, parameters), layout, face), kind: "lookup", warnings: [], ...trained };
  },
});

/** What the given classifier reads and answers. @throws FemtoError `dwn.classes` where an example has no one class */
function interfaceOf(model: Model): Interface {
  const copy = cloneModel(model);
  inferModel(copy);
  const { name, inputs, outputs } = copy.graph;
  const [input] = inputs;
  const [output] = outputs;
  const classes = output?.type?.dims ?? [];
  if (classes.length !== 2 || typeof classes[1] !== "number") {
    fail({
      code: "dwn.classes",
      where: `output ${output?.name ?? "(none)"}`,
      message:
        "a network of lookup tables gives an example one class, and this network does not say how many there are",
      expected: "logits [examples, classes] as the first output",
      got: `[${classes.join(", ")}]`,
      hint: "of language models the method quweit replaces the MLPs",
    });
  }
  const shape = input!.type!.dims!.slice(1) as number[];
  return { name, input: input!.name, shape, output: output!.name, classes: classes[1] };
}

export type { DwnOptions };
