/** @file How many of the bits that select vectors are 1: each of them is an addition for every feature, each 0 is none. */

import { numbers, rowsOf } from "../../base/tensor.ts";
import type { OrtEngine } from "../../engine/index.ts";
import type { Model } from "../../graph/model.ts";
import { ONES_KEY } from "../../operators/index.ts";
import { weightlessBlocks } from "../../rewrites/index.ts";
import { withNormalisation } from "../../training/index.ts";
import type { TrainingData } from "../method.ts";

/** Examples that are enough: the share is a mean over thousands of tokens and hundreds of bits. */
const EXAMPLES = 256;

/** Writes the share of ones of every block, measured on training examples, into the metadata of its conditional sum. */
export async function noteOnes(engine: OrtEngine, model: Model, data: TrainingData): Promise<void> {
  const blocks = weightlessBlocks(model);
  if (blocks.length === 0) return;
  const kept = [...model.graph.outputs];
  model.graph.outputs.splice(0, kept.length, ...blocks.map(({ sum }) => sum.inputs[0]!));
  const whole = withNormalisation(model, data);
  model.graph.outputs.splice(0, blocks.length, ...kept);
  const session = await engine.load(whole);
  const names = whole.graph.outputs.map(({ name }) => name);
  const count = Math.min(EXAMPLES, data.inputs.dims[0]!);
  const results = await session.run({ raw: rowsOf(data.inputs, 0, count) }, { fetch: names });
  await session.release();
  for (const [i, { sum }] of blocks.entries()) {
    const bits = numbers(results[names[i]!]!);
    let ones = 0;
    for (const bit of bits) ones += bit;
    sum.metadata.set(ONES_KEY, (ones / bits.length).toFixed(4));
  }
}
