/**
 * @file The frame around the training of a method: batches, checkpoint, progress, early stop, evaluation on the test part, and
 * the rows of the history. The method says what its phases are and what a row tells besides.
 */

import { layerCosts } from "../energy/index.ts";
import type { Model } from "../graph/model.ts";
import { oneExample } from "../rewrites/index.ts";
import {
  type BatchPlan,
  blockSteps,
  type ClassifierData,
  type EpochEnd,
  type Evaluation,
  evaluate,
  hasStalled,
  type Phase,
  planBatches,
  type Trained,
  type TrainingOptions,
  train,
} from "../training/index.ts";
import type { ClassifierContext } from "./classifier-method.ts";
import type { EpochRecord, MethodContext } from "./method.ts";

type FrameOptions = Pick<TrainingOptions, "batchSize" | "augmentation"> &
  Partial<Pick<TrainingOptions, "evaluateEvery" | "patience">>;

/** What decides the bits of a training, so that a checkpoint of another one is refused. */
export interface Identified {
  /** Id of the method. */
  readonly method: string;
  /** Of one of several trainings in a run. */
  readonly name?: string;
  /** Those that training depends on; others may change for a run that is gone on with. */
  readonly options: object;
  /**
   * Prices that are part of the loss, since a machine file of a user may change under the same name; to nine significant digits,
   * since sums in another order change the last ones.
   */
  readonly coefficients?: object;
}

export interface ClassifierTraining<Row extends EpochRecord> {
  readonly identified: Identified;
  readonly options: FrameOptions;
  /** Seed of batches and moves; the run's, unless given. */
  readonly seed?: number;
  /** Examples to train on; the training part, unless given. */
  readonly data?: ClassifierData;
  /** See {@link stepsPerBlock}. */
  readonly blockSteps: number;
  phases(batches: BatchPlan): readonly Phase<Row>[];
  /**
   * What a row tells besides phase, epoch and loss.
   * @param test evaluates on the test part, in epochs that are measured: every `evaluateEvery`-th, the last of the run, and one
   * after which training stops early
   */
  columns(end: EpochEnd<Row>, test: Test): Promise<Columns<Row>>;
  /** Epochs that are measured besides. */
  readonly measured?: readonly number[];
}

/** The declared columns of a row besides those that every row has. */
export type Columns<Row> = {
  [Name in keyof Row as string extends Name
    ? never
    : Name extends "phase" | "epoch" | "loss"
      ? never
      : Name]: Row[Name];
};

export type Test = (model: () => Model) => Promise<Evaluation | undefined>;

/** Trains a classifier. @throws FemtoError as `train`, `planBatches` and `evaluate` do */
export async function trainClassifier<Row extends EpochRecord>(
  context: ClassifierContext,
  training: ClassifierTraining<Row>,
): Promise<Trained<Row>> {
  const { engine, data, threads, checkpoint, signal, onProgress, onRecord } = context;
  const { batchSize, augmentation, patience, evaluateEvery = 1 } = training.options;
  const examples = training.data ?? data.train;
  const batches = planBatches(examples, batchSize, augmentation);
  const phases = training.phases(batches);
  const last = phases.reduce((sum, { epochs }) => sum + Math.ceil(epochs), 0);
  return train<Row>({
    seed: training.seed ?? context.seed,
    resident: batches.tensors,
    examples: examples.inputs.dims[0]!,
    batchSize,
    ...augmentation,
    phases,
    blockSteps: training.blockSteps,
    threads,
    fingerprint: fingerprintOf(context, training.identified),
    ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }),
    ...(signal && { signal }),
    ...(onProgress && { onBlock: onProgress }),
    onEpoch: async (end) => {
      const { phase, epoch, metrics, history } = end;
      const losses = [...history.map(({ loss }) => loss), metrics.loss!];
      const stop = patience !== undefined && hasStalled(losses, patience);
      const isMeasured =
        stop || epoch % evaluateEvery === 0 || epoch === last || training.measured?.includes(epoch) === true;
      const test: Test = async (model) => (isMeasured ? evaluate(engine, model(), data.test) : undefined);
      const record = { phase, epoch, loss: metrics.loss!, ...(await training.columns(end, test)) } as Row;
      onRecord?.(record);
      return { record, stop };
    },
  });
}

/** The text that stands in a checkpoint. */
export function fingerprintOf(
  { seed, threads, identity }: Pick<MethodContext, "seed" | "threads" | "identity">,
  { method, name, options, coefficients }: Identified,
): string {
  const prices = coefficients && JSON.parse(JSON.stringify(coefficients, nineDigits));
  return JSON.stringify({ method, name, options, seed, threads, coefficients: prices, identity });
}

const nineDigits = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(9)) : value;

/** Steps of a block, from the multiply-accumulates of the network. */
export const stepsPerBlock = (model: Model, batchSize: number): number =>
  blockSteps(
    layerCosts(model, oneExample(model)).reduce((sum, { macs }) => sum + macs, 0),
    batchSize,
  );
