/** @file What every training of a classifier shares: the data set in the engine, how a step draws its batch, the plain objective. */

import { fail } from "../base/errors.ts";
import type { Normalisation } from "../base/normalisation.ts";
import { rowsOf, type Tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { TensorType, Value } from "../graph/value.ts";
import { dimsOf, dtypeOf, type Emit } from "../operators/index.ts";
import { inlineModel } from "../rewrites/index.ts";
import { type Augmentation, asLabels, emitNormalisation, gatherImages, padImages } from "./batches.ts";
import { type CrossEntropyOptions, crossEntropy } from "./losses/index.ts";
import type { StepContext, StepSpec } from "./step.ts";
import type { Trainee } from "./trainee.ts";

export interface ClassifierData {
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly normalisation?: Normalisation | undefined;
}

/** The examples `from` … `to` − 1. */
export const examplesOf = (data: ClassifierData, from: number, to: number): ClassifierData => ({
  ...data,
  inputs: rowsOf(data.inputs, from, to),
  labels: rowsOf(data.labels, from, to),
});

export type BatchPlan = Pick<StepSpec, "resident" | "scanned" | "batch"> & {
  /** The tensors behind `resident`. */
  readonly tensors: Readonly<Record<string, Tensor>>;
};

/** Puts a data set into the form in which it stays in the engine. Batches have values `x` (normalised) and `y`. */
export function planBatches(data: ClassifierData, batchSize: number, augmentation: Augmentation = {}): BatchPlan {
  const { shift = 0, flip = false, fill = 0 } = augmentation;
  const isMoved = shift > 0 || flip;
  const inputs = isMoved ? padImages(data.inputs, shift, fill) : data.inputs;
  const labels = asLabels(data.labels);
  if (labels.dims[0] !== inputs.dims[0]) {
    fail({
      code: "data.length",
      message: "inputs and labels have different numbers of examples",
      expected: `${inputs.dims[0]}`,
      got: `${labels.dims[0]}`,
    });
  }
  const tensors = { "data/x": inputs, "data/y": labels };
  const typeOf = ({ dtype, dims }: Tensor): TensorType => ({ dtype, dims });
  const index: TensorType = { dtype: "int64", dims: [batchSize] };
  const moves: TensorType = { dtype: "int64", dims: [batchSize, 3] };
  return {
    tensors,
    resident: { "data/x": typeOf(inputs), "data/y": typeOf(labels) },
    scanned: isMoved ? { index, moves } : { index },
    batch(g: Emit, values: Readonly<Record<string, Value>>) {
      const raw = isMoved
        ? gatherImages(g, values["data/x"]!, values.index!, values.moves!, shift)
        : g.op("Gather", [values["data/x"], values.index], { axis: 0 });
      return {
        x: emitNormalisation(g, raw, data.normalisation, inputs.dims.length),
        y: g.op("Gather", [values["data/y"], values.index], { axis: 0 }),
      };
    },
  };
}

/** Cross-entropy on the labels alone, with what the network reads and answers for those who add to it. */
export function classifierObjective(
  { model, statistics }: Trainee,
  { g, parameters, batch }: StepContext,
  options: CrossEntropyOptions = {},
) {
  const x = asNetworkInput(g, batch.x!, model);
  const [logits, ...updates] = inlineModel(g, model, new Map([[model.graph.inputs[0]!.name, x], ...parameters]));
  return {
    x,
    logits: logits!,
    loss: crossEntropy(g, logits!, batch.y!, options),
    metrics: { accuracy: batchAccuracy(g, logits!, batch.y!) },
    statistics: new Map(statistics.map((name, i) => [name, updates[i]!])),
  };
}

/** Share of right answers in a batch (of all its tokens), as a float32 scalar. */
export function batchAccuracy(g: Emit, logits: Value, labels: Value): Value {
  const guess = g.op("ArgMax", [logits], { axis: -1, keepdims: false });
  const hit = g.op("Equal", [guess, g.cast(labels, dtypeOf(guess))]);
  return g.mean(
    g.cast(hit, "float32"),
    dimsOf(labels).map((_, axis) => axis),
  );
}

/** Normalised examples as the network reads them: indices of characters are whole numbers. */
export function asNetworkInput(g: Emit, x: Value, model: Model): Value {
  return g.cast(x, model.graph.inputs[0]!.type!.dtype);
}

/** Steps a block, from the work of a step alone: about a second on one core, and at most 50. */
export const blockSteps = (macsPerExample: number, batchSize: number): number =>
  Math.max(1, Math.min(50, Math.floor(1e9 / (macsPerExample * batchSize))));
