/** @file Evaluation: runs a classifier or a language model over a data set in ONNX Runtime and counts right answers. */

import { fail } from "../base/errors.ts";
import type { Normalisation } from "../base/normalisation.ts";
import { numbers, rowsOf, type Tensor } from "../base/tensor.ts";
import type { OrtEngine, SessionChoice } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "../operators/index.ts";
import { expandFunctions, inlineModel } from "../rewrites/index.ts";
import { emitNormalisation } from "./batches.ts";
import { asNetworkInput } from "./classifier.ts";

export interface Evaluation {
  /** Share of right answers. */
  readonly accuracy: number;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Predicted class of each example, or of each token. */
  readonly predictions: Int32Array;
  /** Examples, or tokens: how many answers were asked for. */
  readonly examples: number;
}

export interface EvaluationData {
  /** Raw examples, first axis = example. */
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly normalisation?: Normalisation | undefined;
}

/** What stands in front of a network; labels are nothing to it. */
export type RawExamples = Omit<EvaluationData, "labels"> & Partial<EvaluationData>;

/** The network with the normalisation of raw examples in front of it. */
export function withNormalisation(model: Model, data: RawExamples): Model {
  const graph = new Graph(model.graph.name);
  const g = new Emit(graph);
  const raw = graph.addInput("raw", { dtype: data.inputs.dtype, dims: ["N", ...data.inputs.dims.slice(1)] });
  const x = asNetworkInput(g, emitNormalisation(g, raw, data.normalisation, data.inputs.dims.length), model);
  // A file brings functions under names of its own (LutLayer_2), which are no operators: what they say is what counts.
  const own = cloneModel(model);
  if (own.functions.size > 0) expandFunctions().run(own);
  for (const output of inlineModel(g, own, new Map([[own.graph.inputs[0]!.name, x]]))) graph.addOutput(output);
  const whole = new Model(graph);
  expandFunctions().run(whole);
  return whole;
}

/**
 * Accuracy and loss of a network whose first output is logits [N, classes], or, of tokens, [N, tokens, classes].
 * @throws FemtoError `evaluate.nan` for a logit that is no number: no class would be an answer
 */
export async function evaluate(
  engine: OrtEngine,
  model: Model,
  data: EvaluationData,
  choice: SessionChoice = {},
  batch = 500,
): Promise<Evaluation> {
  const whole = withNormalisation(model, data);
  const session = await engine.load(whole, { keepQdq: true, ...choice });
  const output = whole.graph.outputs[0]!.name;
  const examples = data.inputs.dims[0]!;
  const labels = numbers(data.labels);
  const each = labels.length / examples;
  const predictions = new Int32Array(labels.length);
  let right = 0;
  let loss = 0;
  for (let from = 0; from < examples; from += batch) {
    const to = Math.min(examples, from + batch);
    const results = await session.run({ raw: rowsOf(data.inputs, from, to) }, { fetch: [output] });
    const logits = numbers(results[output]!);
    const classes = logits.length / ((to - from) * each);
    for (let i = from * each; i < to * each; i++) {
      const row = logits.subarray((i - from * each) * classes, (i - from * each + 1) * classes);
      if (row.some(Number.isNaN)) notANumber(model, Math.floor(i / each));
      predictions[i] = argmax(row);
      if (predictions[i] === labels[i]) right++;
      loss -= row[labels[i]!]! - logSumExp(row);
    }
  }
  await session.release();
  return { accuracy: right / labels.length, loss: loss / labels.length, predictions, examples: labels.length };
}

const notANumber = (model: Model, example: number): never =>
  fail({
    code: "evaluate.nan",
    where: `output ${model.graph.outputs[0]!.name} › example ${example}`,
    message: "the network answers NaN",
    hint: "training has diverged, or a weight is not finite: lower the learning rate, or look for extreme inputs",
  });

/** Index of the greatest element; the first one at ties, as ONNX ArgMax. */
export function argmax(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

function logSumExp(row: Float32Array | Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of row) most = Math.max(most, value);
  let sum = 0;
  for (const value of row) sum += Math.exp(value - most);
  return most + Math.log(sum);
}
