/** @file The training step of each phase of EQAT: bits learned, bits fixed, batch-norm statistics standing still. */

import type { EnergyCoefficients } from "../../energy/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { insertQuantizers } from "../../rewrites/index.ts";
import {
  adam,
  type BatchPlan,
  buildStep,
  chooseOptimizer,
  networkParameters,
  type PhasePlan,
  type Tensors,
  type Trainee,
  withFrozenStatistics,
  withStatistics,
} from "../../training/index.ts";
import { type BitSlots, initialBits, layerBits } from "./bits.ts";
import type { LayerRanges } from "./calibrate.ts";
import { BITS, type EqatNetwork, eqatObjective, RANGES } from "./objective.ts";
import type { EqatOptions } from "./options.ts";
import { initialRanges } from "./ranges.ts";

export type PhaseName = "learn" | "tune" | "settle";

/** Everything that stays the same over the phases. */
export interface EqatSetup {
  readonly model: Model;
  readonly layers: readonly LayerRanges[];
  readonly slots: BitSlots;
  readonly coefficients: EnergyCoefficients;
  readonly options: EqatOptions;
}

/**
 * Builds the step of a phase.
 * @param earlier parameters of the phases before
 * @param fixed whole bit-widths of all slots, once they are chosen
 */
export function planStep(
  setup: EqatSetup,
  phase: PhaseName,
  batches: BatchPlan,
  earlier: Tensors = {},
  fixed: readonly number[] = setup.slots.fixed,
): PhasePlan {
  const { model, layers, coefficients, options } = setup;
  const isLearning = phase === "learn";
  const slots: BitSlots = isLearning ? setup.slots : { ...setup.slots, learned: 0, fixed };
  const prepare = (network: Model): Trainee =>
    phase === "settle" ? withFrozenStatistics(network) : withStatistics(network);
  const network: EqatNetwork = {
    full: prepare(model),
    quantised: prepare(withQuantizers(setup, model, layers, undefined, isLearning ? options.mode : "round")),
    layers,
    slots,
    coefficients,
    options,
  };
  const parameters = networkParameters(model, earlier);
  if (options.learnRanges) {
    parameters.push({ name: RANGES, value: initialRanges(layers), group: "ranges", decays: false });
  }
  if (isLearning && slots.learned > 0) {
    parameters.push({ name: BITS, value: initialBits(slots, options), group: "bits", decays: false });
  }
  const weights = chooseOptimizer(options.optimizer, options.weightDecay);
  const step = buildStep({
    name: `eqat_${phase}`,
    parameters,
    groups: {
      weights: { optimizer: weights, ...(options.clip && { clip: options.clip }) },
      ranges: { optimizer: adam() },
      bits: { optimizer: adam() },
    },
    ...batches,
    objective: (context) => eqatObjective(network, context),
  });
  return { step, parameters };
}

/** A copy of the model with quantisers, at given values of the bit slots (8 bits, to be bound later, without). */
export function withQuantizers(
  { slots, options }: Pick<EqatSetup, "slots" | "options">,
  model: Model,
  ranges: readonly LayerRanges[],
  values: readonly number[] | undefined,
  mode: EqatOptions["mode"],
): Model {
  const copy = cloneModel(model);
  const bits = values && layerBits(slots, values);
  const slopes = { bitGradient: options.gradQ, rangeGradient: options.gradRange };
  insertQuantizers(
    copy,
    ranges.map((layer, i) => ({
      ...layer,
      ...(values === undefined && slopes),
      mode,
      weightBits: bits?.[i]?.weight ?? 8,
      inputBits: bits?.[i]?.input ?? 8,
    })),
  );
  return copy;
}
