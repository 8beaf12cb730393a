/** @file The network that an experiment names: of the zoo, or a file of the models folder. */

import { locate } from "../data/index.ts";
import type { Model } from "../graph/model.ts";
import type { Experiment } from "../methods/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { prepareForTraining } from "../rewrites/index.ts";
import { type NetworkName, zoo } from "../zoo/index.ts";

export function buildNetwork({ network }: Pick<Experiment<unknown>, "network">, seed: number): Model {
  if ("file" in network) return prepareForTraining(readModelFile(locate("models", network.file)));
  const build = zoo[network.zoo as NetworkName] as (options: object) => Model;
  return build({ ...network.options, seed });
}
