/** @file A tiny text with a rule, on which a whole run of QuWeiT takes seconds. */

import { tensor } from "../../base/tensor.ts";
import { dataset, nextCharacters } from "../../data/index.ts";
import { loadMachine } from "../../machines/index.ts";
import { charGpt } from "../../zoo/index.ts";
import type { MethodContext, TrainingData } from "../method.ts";
import { type QuweitRecord, quweit } from "./index.ts";
import { quweitOptions } from "./options.ts";

export const CONTEXT = 8;
const VOCABULARY = 7;

/** Every character follows from the two before it: (a + 2·b + 1) mod 7, with a jump now and then. */
function text(count: number, seed: number): TrainingData {
  const tokens = [seed % VOCABULARY, 3];
  while (tokens.length < count) {
    const [a, b] = tokens.slice(-2) as [number, number];
    tokens.push((a + 2 * b + 1 + (tokens.length % 11 === seed ? 1 : 0)) % VOCABULARY);
  }
  const { inputs, labels } = nextCharacters(
    dataset({
      name: "rule",
      split: "train",
      inputs: tensor("int32", [count], tokens),
      classes: VOCABULARY,
      classNames: [..."abcdefg"],
      source: "made here",
    }),
    CONTEXT,
  );
  return { inputs, labels: labels! };
}

export const data = { train: text(8 * 160 + 1, 1), test: text(8 * 40 + 1, 4) };

export const network = () =>
  charGpt({ vocabulary: VOCABULARY, context: CONTEXT, width: 16, depth: 2, heads: 2, seed: 1 });

export const context = (own: Partial<MethodContext> = {}): MethodContext => ({
  data,
  machine: loadMachine("lut-asic-45nm"),
  seed: 1,
  threads: 1,
  identity: "test",
  ...own,
});

/** Options of a run of seconds. */
export const small = (own: object = {}) =>
  quweitOptions.parse({
    layers: [24, 32],
    inputs: 4,
    bits: 3,
    candidates: 8,
    epochs: 4,
    batchSize: 8,
    rate: 5e-3,
    ...own,
  });

export async function runSmall(own: object = {}, surroundings: Partial<MethodContext> = {}, model = network()) {
  const outcome = await quweit.apply(context(surroundings), model, small(own));
  return { ...outcome, history: outcome.history as readonly QuweitRecord[] };
}
