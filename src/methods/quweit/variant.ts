/** @file The network that is trained: with weightless blocks, without MLPs, or as it was given. */

import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { blockParameters, type ReplacedMlp, removeMlp, replaceMlp, trainableParameters } from "../../rewrites/index.ts";
import type { Parameter, Tensors } from "../../training/index.ts";
import type { QuweitOptions } from "./options.ts";

export interface Student {
  readonly model: Model;
  readonly blocks: readonly ReplacedMlp[];
}

/** @throws FemtoError `rewrite.mlp` where the network has no MLP */
export function studentOf(model: Model, seed: number, options: QuweitOptions): Student {
  if (options.variant === "weightless") return replaceMlp(model, seed, options);
  if (options.variant === "no-mlp") return { model: removeMlp(model), blocks: [] };
  const copy = cloneModel(model);
  inferModel(copy);
  return { model: copy, blocks: [] };
}

/** What training changes: weights, and what the blocks hold, each in a group named after its role. */
export function parametersOf(model: Model, earlier: Tensors): Parameter[] {
  const roles = blockParameters(model);
  const own = trainableParameters(model).filter(({ value }) => !roles.has(value.name));
  const values = new Map(model.graph.initializers.map((value) => [value.name, value.constant!]));
  return [
    ...own.map(({ value, role, decay }) => ({
      name: value.name,
      value: earlier[value.name] ?? value.constant!,
      group: role === "statistic" ? "statistics" : "weights",
      decays: decay,
    })),
    ...[...roles].map(([name, group]) => ({ name, value: earlier[name] ?? values.get(name)!, group, decays: false })),
  ];
}

/** The model with trained values in the place of its initializers. */
export function withValues(model: Model, values: Tensors): Model {
  const copy = cloneModel(model);
  for (const value of copy.graph.initializers) value.constant = values[value.name] ?? value.constant;
  return copy;
}
