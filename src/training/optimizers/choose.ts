/** @file The optimizers by name, with the settings that the methods use. */

import { adadelta } from "./adadelta.ts";
import { adam, adamw } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

export const optimizerNames = ["adam", "adamw", "adadelta", "sgd"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

const makers: Record<OptimizerName, (weightDecay: number) => Optimizer> = {
  adam: (weightDecay) => adam({ weightDecay }),
  adamw: (weightDecay) => adamw({ weightDecay }),
  adadelta: (weightDecay) => adadelta({ weightDecay }),
  sgd: (weightDecay) => sgd({ momentum: 0.9, weightDecay }),
};

export const chooseOptimizer = (name: OptimizerName, weightDecay: number): Optimizer => makers[name](weightDecay);
