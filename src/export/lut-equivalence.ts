/**
 * @file Does a lookup-table network, compiled by the `bits` engine, answer what the model answers in ONNX Runtime? On
 * every example: the class, and the number of ones of every class.
 */

import { numbers, rowsOf, type Tensor } from "../base/tensor.ts";
import { BitsEngine, type LutNetwork, type Samples } from "../engine/bits/index.ts";
import type { OrtEngine } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { findOperator, readAttributes } from "../operators/index.ts";
import { detachFunctions, expandFunctions } from "../rewrites/index.ts";
import { argmax, type RawExamples, withNormalisation } from "../training/index.ts";
import type { Comparison } from "./equivalence.ts";

/** Raw examples as the engine takes them: bytes stay bytes, everything else becomes float32. */
export const samplesOf = ({ dtype, data, ...rest }: Tensor): Samples =>
  dtype === "uint8" ? (data as Uint8Array) : Float32Array.from(numbers({ dtype, data, ...rest }));

/**
 * The model on raw samples: with their normalisation in front, or as it stands where it reads bytes itself, as those of
 * `toOnnx` do.
 */
function onRaw(model: Model, data: RawExamples): { readonly whole: Model; readonly input: string } {
  const [input] = model.graph.inputs;
  if (input!.type?.dtype !== "uint8") return { whole: withNormalisation(model, data), input: "raw" };
  const whole = cloneModel(model);
  expandFunctions().run(whole);
  return { whole, input: input!.name };
}

/** Codes are the sums of ones; of the logits they are logit·τ, rounded. */
export async function compareLutNetwork(
  engine: OrtEngine,
  model: Model,
  network: LutNetwork,
  data: RawExamples,
  batch = 500,
): Promise<Comparison> {
  const bits = await BitsEngine.open(network);
  const samples = samplesOf(data.inputs);
  const classes = bits.classify(samples);
  const sums = bits.sums(samples);
  const tau = tauOf(model);
  const { whole, input } = onRaw(model, data);
  const session = await engine.load(whole);
  const output = whole.graph.outputs[0]!.name;
  const examples = data.inputs.dims[0]!;
  let [argmaxDiffers, codesDiffer] = [0, 0];
  for (let from = 0; from < examples; from += batch) {
    const to = Math.min(examples, from + batch);
    const results = await session.run({ [input]: rowsOf(data.inputs, from, to) }, { fetch: [output] });
    const logits = numbers(results[output]!);
    for (let i = from; i < to; i++) {
      const row = logits.subarray((i - from) * network.classes, (i - from + 1) * network.classes);
      if (argmax(row) !== classes[i]) argmaxDiffers++;
      for (const [k, logit] of row.entries())
        if (Math.round(logit * tau) !== sums[i * network.classes + k]) codesDiffer++;
    }
  }
  await session.release();
  const verdict = argmaxDiffers > 0 ? "differs" : codesDiffer > 0 ? "argmax-equal" : "bit-exact";
  const codes = examples * network.classes;
  return { examples, argmaxDiffers, codes, codesDiffer, accumulators: 0, accumulatorsDiffer: 0, verdict };
}

function tauOf(model: Model): number {
  const copy = cloneModel(model);
  detachFunctions.run(copy);
  const node = copy.graph.nodes.find(({ kind }) => kind === "femto.GroupSum")!;
  return readAttributes(findOperator(node.kind).attributes, node.attributes).tau as number;
}
