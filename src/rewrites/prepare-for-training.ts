/**
 * @file Prepare for training: brings a network from any exporter into the form that training and quantising expect. The
 * answers stay the same; nothing is bound and no weight is lost.
 *
 * 1. fix-defaults: weights that are inputs with a default become initializers;
 * 2. expand-functions: calls of the file's own functions become their nodes (operators that Femto knows stay calls);
 *    expand-codebooks, centre-codes: weights kept as indices or as unsigned bytes become signed codes;
 * 3. free-batch: a network written for one example takes any number;
 * 4. fold-constants, remove-identities: a weight that is transposed, reshaped or filled on the way to its layer becomes the
 *    weight itself, shape arithmetic of exporters becomes numbers;
 * 5. absorb-bias: constants added behind layers become their biases;
 * 6. drop-final-softmax: the first output are logits (the exports put the Softmax back).
 */

import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses, type Pass } from "../graph/pass.ts";
import { inferModel, lookUp } from "../operators/index.ts";
import { absorbBias } from "./absorb-bias.ts";
import { centreCodes } from "./centre-codes.ts";
import { expandCodebooks } from "./expand-codebooks.ts";
import { expandFunctions } from "./expand-functions.ts";
import { dropFinalSoftmax } from "./final-softmax.ts";
import { fixDefaults } from "./fix-defaults.ts";
import { foldConstants } from "./fold-constants.ts";
import { freeBatch } from "./free-batch.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";
import { removeIdentities } from "./remove-identities.ts";

const inferTypes: Pass = {
  name: "infer-types",
  run: (model) => {
    inferModel(model);
    return false;
  },
};

/** 16 M elements: weights that a file makes by ConstantOfShape are larger than the constants worth folding otherwise. */
const LARGEST_WEIGHT = 2 ** 24;

export const trainingPasses: readonly Pass[] = [
  // First as the file says: a symbol would hide dimensions that do not fit together.
  inferTypes,
  fixDefaults,
  expandFunctions({ keep: (kind) => lookUp(kind) !== undefined }),
  expandCodebooks,
  centreCodes,
  freeBatch(),
  inferTypes,
  foldConstants({ largest: LARGEST_WEIGHT }),
  removeIdentities,
  absorbBias,
  dropFinalSoftmax,
  removeDeadNodes,
  inferTypes,
];

/** A prepared copy. @throws FemtoError `rewrite.batch`, and what inference throws */
export function prepareForTraining(model: Model): Model {
  const prepared = cloneModel(model);
  applyPasses(prepared, trainingPasses);
  return prepared;
}
