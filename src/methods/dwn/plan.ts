/** @file The training step of a DWN: forward, cross-entropy, regularisers; Adam on tables (kept in −1..1) and scores. */

import { spectralEnergy, totalInfluence } from "../../operators/index.ts";
import {
  adam,
  type BatchPlan,
  batchAccuracy,
  buildStep,
  clamped,
  crossEntropy,
  type Parameter,
  type PhasePlan,
  type StepContext,
  type Tensors,
} from "../../training/index.ts";
import { logitsOf } from "./forward.ts";
import { initialValues, type Layout, scoreName, tableName } from "./layout.ts";

/** Greatest magnitude of a table entry [source]. */
const BOUND = 1;

/** @param earlier parameters of a run that is gone on with */
export function planStep(layout: Layout, batches: BatchPlan, seed: number, earlier: Tensors = {}): PhasePlan {
  const { layers, options } = layout;
  const scores = new Set(layers.map((_, i) => scoreName(i)));
  const parameters: Parameter[] = [...initialValues(layout, seed)].map(([name, value]) => ({
    name,
    value: earlier[name] ?? value,
    group: scores.has(name) ? "scores" : "tables",
    decays: false,
  }));
  const objective = ({ g, parameters: values, batch }: StepContext) => {
    const logits = logitsOf(g, batch.x!, layout, values);
    const terms = [crossEntropy(g, logits, batch.y!, { smoothing: options.smoothing })];
    for (const i of layers.keys()) {
      const tables = values.get(tableName(i))!;
      if (options.decay > 0) terms.push(g.scale(spectralEnergy(g, tables), options.decay));
      if (options.influence > 0) terms.push(g.scale(totalInfluence(g, tables), options.influence));
    }
    return {
      loss: terms.reduce((sum, term) => g.add(sum, term)),
      metrics: { accuracy: batchAccuracy(g, logits, batch.y!) },
    };
  };
  const isGate = options.tables === "gates";
  const groups = { tables: { optimizer: isGate ? adam() : clamped(adam(), BOUND) }, scores: { optimizer: adam() } };
  return { step: buildStep({ name: "dwn", parameters, groups, ...batches, objective }), parameters };
}
