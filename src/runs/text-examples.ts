/** @file Text as examples of what a language model sees at once. */

import { fail } from "../base/errors.ts";
import { type Dataset, isText, nextCharacters } from "../data/index.ts";
import type { Model } from "../graph/model.ts";

/** Windows of the network's context where the data are a text; all other data as they are. @throws FemtoError `data.shape` */
export function asExamples(data: Dataset, model: Model): Dataset {
  if (!isText(data)) return data;
  const [input] = model.graph.inputs;
  const context = input?.type?.dims?.[1];
  if (input?.type?.dims?.length === 2 && typeof context === "number") return nextCharacters(data, context);
  return fail({
    code: "data.shape",
    where: data.name,
    message: "the network does not read text",
    expected: "an input [N, context] of character numbers, such as that of charGpt",
    got: `${input?.name} [${input?.type?.dims?.join(", ")}]`,
  });
}
