/** @file Notes in a model what raw samples are, so that its file says what stands in front of it. */

import { RAW_SAMPLES_KEY, type RawSamples } from "../formats/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";

/** The model with its raw samples noted. */
export function withRawSamples(model: Model, { dtype, normalisation }: RawSamples): Model {
  const copy = cloneModel(model);
  copy.metadata.set(RAW_SAMPLES_KEY, JSON.stringify({ dtype, ...(normalisation && { normalisation }) }));
  return copy;
}
