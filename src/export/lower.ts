/**
 * @file The common ground of all exports: a quantised model with frozen integer weights, folded batch norms and integer
 * biases, in which only activations still go through `femto.FakeQuant`, and which answers what the given network answered.
 */

import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { inferModel } from "../operators/index.ts";
import {
  foldQuantisedBatchNorm,
  freezeWeights,
  plainGemm,
  quantiseBias,
  removeDeadNodes,
  removeIdentities,
  restoreFinalSoftmax,
} from "../rewrites/index.ts";

/** @param model as a method returns it: FakeQuants with constant bits and ranges */
export function lower(model: Model): Model {
  const lowered = cloneModel(model);
  inferModel(lowered);
  applyPasses(lowered, [
    removeIdentities,
    freezeWeights,
    plainGemm,
    foldQuantisedBatchNorm,
    quantiseBias,
    restoreFinalSoftmax,
    removeDeadNodes,
  ]);
  inferModel(lowered);
  return lowered;
}

/** A float model as it leaves: what training took off is back. */
export function toFloat(model: Model): Model {
  const whole = cloneModel(model);
  applyPasses(whole, [restoreFinalSoftmax]);
  return whole;
}
