/**
 * @file A network made ready for training: batch normalisation in training mode, its running statistics as outputs; its
 * parameters, and the network with their trained values.
 */

import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { inferModel } from "../operators/index.ts";
import { runningStatistics, trainableParameters, trainingMode } from "../rewrites/index.ts";
import type { Parameter } from "./step.ts";
import type { Tensors } from "./train.ts";

/** Outputs are the network's first output, then the new value of each running statistic. */
export interface Trainee {
  readonly model: Model;
  /** Initializer names of the running statistics, in the order of the outputs after the first. */
  readonly statistics: readonly string[];
}

/** Statistics are taken from the batch, and the running ones are updated. */
export function withStatistics(model: Model): Trainee {
  return prepare(model, false);
}

/** Statistics stand still: the network normalises as it will when deployed. */
export function withFrozenStatistics(model: Model): Trainee {
  return prepare(model, true);
}

function prepare(model: Model, isFrozen: boolean): Trainee {
  const copy = cloneModel(model);
  inferModel(copy);
  applyPasses(copy, [trainingMode({ frozen: () => isFrozen })]);
  const running = runningStatistics(copy.graph);
  const { outputs } = copy.graph;
  outputs.splice(1, outputs.length, ...running.map(({ update }) => update));
  return { model: copy, statistics: running.map(({ statistic }) => statistic.name) };
}

/** What training changes of a network: groups `weights` and `statistics`. @param earlier values in the place of the network's */
export const networkParameters = (model: Model, earlier: Tensors = {}): Parameter[] =>
  trainableParameters(model).map(({ value, role, decay }) => ({
    name: value.name,
    value: earlier[value.name] ?? value.constant!,
    group: role === "statistic" ? "statistics" : "weights",
    decays: decay,
  }));

/** The model with other values in the place of its initializers, where there are any of their names. */
export function withParameters(model: Model, values: Tensors): Model {
  const copy = cloneModel(model);
  for (const value of copy.graph.initializers) value.constant = values[value.name] ?? value.constant;
  return copy;
}
