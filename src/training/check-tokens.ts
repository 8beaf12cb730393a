/** @file Whether a data set can train a language model: tokens in, the next token out, at every place. */

import { fail } from "../base/errors.ts";
import { describe, numbers, type Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { ClassifierData } from "./classifier.ts";

/**
 * @param logits dimensions of the network's logits, [N, tokens, classes]
 * @throws FemtoError `data.dtype`, `data.empty`, `data.label-shape`, `data.label-range`
 */
export function checkTokenData(logits: readonly Dim[], { inputs, labels }: ClassifierData, split: string): void {
  const tokens = inputs.dims;
  if (inputs.data.length === 0) {
    fail({ code: "data.empty", where: `data › ${split} › inputs`, message: "there are no examples" });
  }
  if (labels.dims.length !== tokens.length || labels.dims.some((dim, i) => dim !== tokens[i])) {
    fail({
      code: "data.label-shape",
      where: `data › ${split} › labels`,
      message: "a language model learns the next token at every place",
      expected: `[${tokens.join(", ")}], one index for each token`,
      got: describe(labels),
    });
  }
  const classes = logits.at(-1);
  for (const [name, values] of Object.entries({ inputs, labels })) {
    if (typeof classes === "number") checkRange(values, classes, `data › ${split} › ${name}`);
  }
}

function checkRange(values: Tensor, classes: number, where: string): void {
  const wrong = numbers(values).findIndex((index) => !(Number.isInteger(index) && index >= 0 && index < classes));
  if (wrong < 0) return;
  fail({
    code: "data.label-range",
    where: `${where} › element ${wrong}`,
    message: "is no index into the vocabulary",
    expected: `0..${classes - 1} (${classes} logits)`,
    got: `${values.data[wrong]}`,
  });
}
