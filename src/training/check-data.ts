/**
 * @file Whether a data set can train a classifier: asked before anything is computed, so that bad data cost no time and
 * end in one message instead of a loss that is not finite.
 */

import { fail } from "../base/errors.ts";
import { describe } from "../base/tensor.ts";
import { validateDataset } from "../data/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Dim } from "../graph/dims.ts";
import type { Model } from "../graph/model.ts";
import { inferModel } from "../operators/index.ts";
import { checkTokenData } from "./check-tokens.ts";
import type { ClassifierData } from "./classifier.ts";

/**
 * Checks both parts against the network: examples of its shape, finite; one class index for each (of a language model, for
 * each token), from 0 to the number of logits less one; at least two classes to learn.
 * @throws FemtoError `data.shape`, `data.length`, `data.label-range`, `data.label-shape`, `data.one-class`, `data.nan`,
 * `data.dtype`, `data.empty`, or `train.logits` for a network that is no classifier
 */
export function checkClassifierData(
  model: Model,
  parts: { readonly train: ClassifierData; readonly test: ClassifierData },
): void {
  const logits = logitsOf(model);
  for (const split of ["train", "test"] as const) {
    const { inputs, labels } = parts[split];
    checkShape(model, parts[split], split);
    if (logits.length === 3) {
      checkTokenData(logits, parts[split], split);
      continue;
    }
    const classes = logits[1] as number;
    validateDataset({ name: "data", split, inputs, labels, classes, checksum: "", source: "", notes: [] });
  }
}

/** The dimensions of the logits: [N, classes], or [N, tokens, classes] of a language model. */
function logitsOf(model: Model): readonly Dim[] {
  // A file may leave out the shape of its output.
  const copy = cloneModel(model);
  inferModel(copy);
  const [logits] = copy.graph.outputs;
  const dims = logits?.type?.dims;
  if ((dims?.length === 2 || dims?.length === 3) && typeof dims.at(-1) === "number") return dims;
  return fail({
    code: "train.logits",
    where: `output ${logits?.name ?? "(none)"}`,
    message: "the network is no classifier",
    expected: "logits [examples, classes], or [examples, tokens, classes], as the first output",
    got: dims ? `[${dims.join(", ")}]` : "no shape",
  });
}

function checkShape(model: Model, { inputs }: ClassifierData, split: string): void {
  const [input] = model.graph.inputs;
  const wanted = input?.type?.dims?.slice(1);
  const got = inputs.dims.slice(1);
  const fits = wanted?.length === got.length && wanted.every((dim, i) => typeof dim !== "number" || dim === got[i]);
  if (wanted === undefined || fits) return;
  fail({
    code: "data.shape",
    where: `data › ${split} › inputs`,
    message: "the examples do not fit the network",
    expected: `[examples, ${wanted.join(", ")}], the shape of input ${input!.name}`,
    got: describe(inputs),
  });
}
