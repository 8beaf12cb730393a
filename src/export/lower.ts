/**
 * @file The common ground of all exports: a quantised model with frozen integer weights, folded batch norms and integer
 * biases, in which only activations still go through `femto.FakeQuant`.
 */

import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { inferModel } from "../operators/index.ts";
import { foldQuantisedBatchNorm, freezeWeights, quantiseBias, removeDeadNodes } from "../rewrites/index.ts";

/** @param model as a method returns it: FakeQuants with constant bits and ranges */
export function lower(model: Model): Model {
  const lowered = cloneModel(model);
  inferModel(lowered);
  applyPasses(lowered, [freezeWeights, foldQuantisedBatchNorm, quantiseBias, removeDeadNodes]);
  inferModel(lowered);
  return lowered;
}
