/** @file Text as examples for a language model: windows of characters, and for every place the character that comes next. */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { count, type Dataset, dataset } from "./dataset.ts";

/** Whether a data set is a run of characters, not yet cut into examples. */
export const isText = ({ inputs, labels, classNames }: Dataset): boolean =>
  labels === undefined && inputs.dims.length === 1 && classNames !== undefined;

/**
 * Windows of `context` characters, one every `stride` characters: inputs [windows, context], labels [windows, context],
 * both indices into the vocabulary. With stride = context every character but the first is predicted once at most.
 * @throws FemtoError `text.short` for a text shorter than a window, `option.range`
 */
export function nextCharacters(text: Dataset, context: number, stride = context): Dataset {
  for (const [name, value] of Object.entries({ context, stride })) {
    if (Number.isInteger(value) && value >= 1) continue;
    fail({
      code: "option.range",
      message: `${name} is a number of characters`,
      expected: "1 or more",
      got: `${value}`,
    });
  }
  const characters = numbers(text.inputs);
  const windows = Math.floor((count(text) - 1 - context) / stride) + 1;
  if (windows < 1) {
    fail({
      code: "text.short",
      where: text.name,
      message: "the text is shorter than what the network sees at once",
      expected: `at least ${context + 1} characters`,
      got: `${count(text)}`,
    });
  }
  const cut = (dtype: DType, offset: number): Tensor => {
    const from = (i: number) => Math.floor(i / context) * stride + (i % context) + offset;
    return tensor(
      dtype,
      [windows, context],
      Array.from({ length: windows * context }, (_, i) => characters[from(i)]!),
    );
  };
  const { checksum: _, notes, ...rest } = text;
  // A byte holds most vocabularies; what the engine keeps is read at every step.
  const dtype = (text.classes ?? 0) <= 256 ? "uint8" : "int32";
  return dataset({
    ...rest,
    inputs: cut(dtype, 0),
    labels: cut("int32", 1),
    notes: [...notes, `windows of ${context} characters, one every ${stride}`],
  });
}
