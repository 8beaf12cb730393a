/** @file The network that is trained: with weightless blocks, without MLPs, or as it was given. */

import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { blockParameters, type ReplacedMlp, removeMlp, replaceMlp } from "../../rewrites/index.ts";
import { networkParameters, type Parameter, type Tensors } from "../../training/index.ts";
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
  const own = networkParameters(model, earlier).filter(({ name }) => !roles.has(name));
  const values = new Map(model.graph.initializers.map((value) => [value.name, value.constant!]));
  return [
    ...own,
    ...[...roles].map(([name, group]) => ({ name, value: earlier[name] ?? values.get(name)!, group, decays: false })),
  ];
}
