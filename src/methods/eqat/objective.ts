/**
 * @file The EQAT objective as a graph: L = CE(z_q, y) + α·KL(z_q ‖ z_f) + β·Ē(q) (eq. 9 [source]), with the quantised and
 * the full-precision network sharing their weights, no gradient into the full one, and Ē = E(q)/E(8, 8) [reconstructed].
 */

import type { EnergyCoefficients } from "../../energy/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";
import { inlineModel } from "../../rewrites/index.ts";
import {
  batchAccuracy,
  crossEntropy,
  klDivergence,
  type Objective,
  type StepContext,
  type Trainee,
} from "../../training/index.ts";
import { type BitSlots, emitSlots, pick, rangeOf, slotScalars } from "./bits.ts";
import type { LayerRanges } from "./calibrate.ts";
import { emitRelativeEnergy } from "./energy-term.ts";
import type { EqatOptions } from "./options.ts";
import { emitRanges } from "./ranges.ts";

export interface EqatNetwork {
  readonly full: Trainee;
  readonly quantised: Trainee;
  readonly layers: readonly LayerRanges[];
  readonly slots: BitSlots;
  readonly coefficients: EnergyCoefficients;
  readonly options: EqatOptions;
}

/** Names of the parameters besides the network's own. */
export const BITS = "bits";
export const RANGES = "ranges";

/** Writes the objective; `beta` is a control while bits are learned. */
export function eqatObjective(network: EqatNetwork, { g, parameters, batch, control }: StepContext): Objective {
  const { layers, slots, options, coefficients } = network;
  const stopAt = new Set<Value>();
  const shared = [...parameters].filter(([name]) => name !== BITS && name !== RANGES);

  const bits = emitSlots(g, slots, parameters.get(BITS), rangeOf(options));
  const weightBits = pick(g, bits, slots.weight);
  const inputBits = pick(g, bits, slots.input);
  const bind = new Map<string, Value>(shared);
  const names = layers.map(({ layer }) => layer);
  for (const [i, value] of slotScalars(g, slots, slots.weight, weightBits).entries()) {
    bind.set(`${names[i]}.weight_bits`, value);
  }
  for (const [i, value] of slotScalars(g, slots, slots.input, inputBits).entries()) {
    bind.set(`${names[i]}.input_bits`, value);
  }
  const ranges = parameters.get(RANGES);
  if (ranges !== undefined) for (const [name, value] of emitRanges(g, layers, ranges)) bind.set(name, value);
  else for (const [name, value] of largestWeights(g, network, parameters, stopAt)) bind.set(name, value);

  const x = batch.x!;
  const run = ({ model }: Trainee, scope: string, initializers: ReadonlyMap<string, Value>) => {
    g.scope = scope;
    const outputs = inlineModel(g, model, new Map([[model.graph.inputs[0]!.name, x], ...initializers]));
    g.scope = "";
    return outputs;
  };
  const [logits, ...statistics] = run(network.quantised, "quantised", bind);
  const ce = crossEntropy(g, logits!, batch.y!, { smoothing: options.smoothing });
  const metrics: Record<string, Value> = { ce, accuracy: batchAccuracy(g, logits!, batch.y!) };
  let loss = ce;
  if (options.alpha > 0) {
    const teacher = run(network.full, "full", new Map(shared))[0]!;
    stopAt.add(teacher);
    const kl = klDivergence(g, logits!, teacher, options.kl);
    metrics.kl = kl;
    loss = g.add(loss, g.scale(kl, options.alpha));
  }
  const energy = emitRelativeEnergy(g, coefficients, weightBits, inputBits);
  metrics.energy = energy;
  metrics.bits = bits;
  if (parameters.has(BITS)) loss = g.add(loss, g.mul(control("beta"), penalty(g, energy, options.budget)));
  return {
    loss,
    metrics,
    statistics: new Map(network.quantised.statistics.map((name, i) => [name, statistics[i]!])),
    stopAt,
  };
}

/** Ē, or its distance from the budget. */
const penalty = (g: Emit, energy: Value, budget: number | undefined): Value =>
  budget === undefined ? energy : g.op("Abs", [g.sub(energy, g.scalar(energy, budget))]);

/** max|w| of the current weights, without gradient: ranges that are not learned (sheet, gap 2). */
function largestWeights(
  g: Emit,
  { layers, quantised }: EqatNetwork,
  parameters: ReadonlyMap<string, Value>,
  stopAt: Set<Value>,
): Map<string, Value> {
  const weights = new Map(
    quantised.model.graph.nodes.flatMap(({ op, inputs }) =>
      op === "FakeQuant" && parameters.has(inputs[0]!.name)
        ? [[inputs[2]!.name, parameters.get(inputs[0]!.name)!]]
        : [],
    ),
  );
  const found = new Map<string, Value>();
  for (const { layer, weightAxis } of layers) {
    const name = `${layer}.weight_range`;
    const weight = weights.get(name);
    if (weight === undefined) continue;
    const axes = weight.type!.dims!.flatMap((_, axis) => (axis === weightAxis ? [] : [axis]));
    const most = g.op("ReduceMax", [g.op("Abs", [weight]), g.ints(axes)], { keepdims: false });
    // A tensor of zeros keeps a tiny range, so that it quantises to zeros instead of to NaN.
    const range = g.op("Max", [most, g.scalar(most, 1e-12)]);
    stopAt.add(range);
    found.set(name, range);
  }
  return found;
}
