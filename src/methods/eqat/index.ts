/**
 * @file EQAT: energy-efficient quantisation-aware training with learned bit-widths (Karkehabadi and Sasan, GLSVLSI 2025,
 * doi 10.1145/3716368.3735291). Trains weights, ranges and bit-widths together, fixes whole bit-widths at 80 % of the
 * epochs, and fine-tunes the rest. With `fixedBits` the same run is the uniform baseline.
 */

import { fail } from "../../base/errors.ts";
import { energyCoefficients, layerCosts, relativeEnergyAt } from "../../energy/index.ts";
import type { Model } from "../../graph/model.ts";
import { oneExample, quantizableLayers, trainableParameters } from "../../rewrites/index.ts";
import {
  type BatchPlan,
  constant,
  cosine,
  type EpochEnd,
  evaluate,
  examplesOf,
  type Phase,
  type Tensors,
  withParameters,
} from "../../training/index.ts";
import { type ClassifierContext, classifierMethod } from "../classifier-method.ts";
import type { EpochRecord, Outcome } from "../method.ts";
import { type Columns, stepsPerBlock, type Test, trainClassifier } from "../train-classifier.ts";
import { initialBits, layerBits, layOutBits, rangeOf, slotValues } from "./bits.ts";
import { calibrate, type LayerRanges, largestWeight } from "./calibrate.ts";
import { roundWithOffset, snapToSet } from "./discretise.ts";
import { coefficientsFor } from "./energy-term.ts";
import { BITS, RANGES } from "./objective.ts";
import { type EqatOptions, eqatOptions } from "./options.ts";
import { type EqatSetup, type PhaseName, planStep, withQuantizers } from "./plan.ts";
import { applyRanges, initialRanges } from "./ranges.ts";

/** A row of EQAT's history. */
export interface EqatRecord extends EpochRecord {
  readonly ce: number;
  readonly kl: number;
  readonly energy: number;
  /** Bits of every layer, averaged over the epoch's steps. */
  readonly bits: ReturnType<typeof layerBits>;
  /** Whole bit-widths, from the epoch after which they are fixed. */
  readonly fixed?: readonly number[];
  readonly trainAccuracy: number;
  readonly testAccuracy?: number;
}

export const eqat = classifierMethod<EqatOptions>({
  id: "eqat",
  title: "Energy-efficient quantisation-aware training with dynamic bit-width optimisation",
  paper: "Karkehabadi and Sasan, GLSVLSI 2025, doi:10.1145/3716368.3735291",
  options: eqatOptions as never,
  apply: (context, model, options) => new EqatRun(context, model, options).go(),
});

class EqatRun {
  readonly #context: ClassifierContext;
  readonly #model: Model;
  readonly #options: EqatOptions;
  #setup!: EqatSetup;
  /** Whole bit-widths of a run that learns none: the uniform ones, or the initial ones rounded. */
  #given: readonly number[] | undefined;

  constructor(context: ClassifierContext, model: Model, options: EqatOptions) {
    this.#context = context;
    this.#model = model;
    this.#options = options;
  }

  async go(): Promise<Outcome> {
    const { data, seed, machine, engine } = this.#context;
    const options = this.#options;
    const layers = await calibrate(engine, this.#model, data.train, seed, options);
    const names = layers.map(({ layer }) => layer);
    const costs = layerCosts(this.#model, oneExample(this.#model));
    const coefficients = coefficientsFor(energyCoefficients(costs, machine), names);
    this.#setup = { model: this.#model, layers, slots: layOutBits(names, options), coefficients, options };
    this.#checkBudget();
    if (options.fixedBits !== undefined) this.#given = this.#setup.slots.fixed;
    else if (this.#epochs().learn === 0) this.#given = await this.#discretise(this.#bitsIn({}), {});
    const { parameters, ...trained } = await trainClassifier<EqatRecord>(this.#context, {
      identified: { method: "eqat", options, coefficients },
      options,
      blockSteps: stepsPerBlock(this.#model, options.batchSize),
      phases: (batches) => this.#phases(batches),
      columns: (end, test) => this.#columns(end, test),
    });
    // A run that was stopped while it learned is rounded without regard to the budget: it goes on another time.
    const reached = () => this.#bitsIn(parameters).map(Math.round);
    const fixed = this.#fixed(trained.history) ?? reached();
    return {
      model: this.#quantised(parameters, fixed, "round"),
      bits: layerBits(this.#setup.slots, fixed),
      warnings: this.#warnings(trained.history),
      ...trained,
    };
  }

  async #columns(
    { phase, epoch, parameters, metrics }: EpochEnd<EqatRecord>,
    test: Test,
  ): Promise<Columns<EqatRecord>> {
    const averaged = averages(metrics, "bits");
    const isLast = phase === "learn" && epoch === this.#epochs().learn;
    const chosen = isLast ? await this.#discretise(averaged, parameters) : undefined;
    const slots = chosen ?? averaged;
    const mode = slots.every(Number.isInteger) ? "round" : this.#options.mode;
    const tested = await test(() => this.#quantised(parameters, slots, mode));
    return {
      ce: metrics.ce!,
      kl: metrics.kl ?? 0,
      energy: metrics.energy!,
      bits: layerBits(this.#setup.slots, averaged),
      trainAccuracy: metrics.accuracy!,
      ...(chosen && { fixed: chosen }),
      ...(tested && { testAccuracy: tested.accuracy }),
    };
  }

  /** Epochs of the three phases; a uniform baseline has nothing to learn about bits. */
  #epochs(): { learn: number; tune: number; settle: number } {
    const { epochs, freezeAt, settle, fixedBits } = this.#options;
    const learn = fixedBits === undefined ? Math.ceil(freezeAt * epochs) : 0;
    const hasStatistics = trainableParameters(this.#model).some(({ role }) => role === "statistic");
    const last = hasStatistics ? Math.min(epochs - learn, Math.round(settle * epochs)) : 0;
    return { learn, tune: epochs - learn - last, settle: last };
  }

  #phases(batches: BatchPlan): Phase<EqatRecord>[] {
    const { beta, warmup, budget, budgetWeight, rateBits, rateRanges, rate, schedule } = this.#options;
    const scheduled = schedule === "cosine" ? cosine : constant;
    const [weights, ranges] = [scheduled(rate), scheduled(rateRanges)];
    const controls: Phase<EqatRecord>["controls"] = (moment) => {
      const epoch = Math.floor(moment.step / moment.stepsPerEpoch) + 1;
      return {
        "rate:weights": weights(moment),
        "rate:ranges": ranges(moment),
        "rate:bits": rateBits,
        // Algorithm 1 [source]: β·min(1, epoch/warmup)
        beta: (budget === undefined ? beta : budgetWeight) * (warmup === 0 ? 1 : Math.min(1, epoch / warmup)),
      };
    };
    const { learn, tune, settle } = this.#epochs();
    const plan = (name: PhaseName): Phase<EqatRecord>["plan"] => {
      return ({ parameters, history }) => planStep(this.#setup, name, batches, parameters, this.#fixed(history));
    };
    return (["learn", "tune", "settle"] as const)
      .map((name) => ({ name, epochs: { learn, tune, settle }[name], plan: plan(name), controls }))
      .filter(({ epochs }) => epochs > 0);
  }

  /** Whole bit-widths of all slots, once they are chosen. */
  #fixed(history: readonly EqatRecord[]): readonly number[] | undefined {
    return this.#given ?? history.find(({ fixed }) => fixed !== undefined)?.fixed;
  }

  /** Says so where learning did not come near the budget, and rounding had to take the rest. */
  #warnings(history: readonly EqatRecord[]): string[] {
    const { budget } = this.#options;
    const last = history.find(({ fixed }) => fixed !== undefined);
    if (budget === undefined || last === undefined || last.energy <= 1.1 * budget) return [];
    return [
      `learned bit-widths ended at ${last.energy.toFixed(3)} of the 8-bit energy, above the budget ${budget}; rounding took the rest. More epochs, a higher rateBits or a lower qInit bring them nearer.`,
    ];
  }

  /** Real bit-widths of all slots. */
  #bitsIn(parameters: Tensors): number[] {
    const { slots, options } = this.#setup;
    return slotValues(slots, parameters[BITS] ?? initialBits(slots, options), rangeOf(options));
  }

  /** @throws FemtoError `eqat.budget` where the fewest bits cost more than the budget: known before training */
  #checkBudget(): void {
    const { budget, qMin, qMax, bitSet, fixedBits } = this.#options;
    if (budget === undefined || fixedBits !== undefined) return;
    const least = Math.min(...(bitSet ?? [Math.ceil(qMin)]).filter((bits) => bits >= qMin && bits <= qMax));
    const { learned, fixed } = this.#setup.slots;
    const energy = this.#relativeEnergy([...new Array<number>(learned).fill(least), ...fixed]);
    if (energy <= budget) return;
    fail({
      code: "eqat.budget",
      where: "option budget",
      message: `the energy budget ${budget} cannot be met`,
      expected: `at least ${energy.toFixed(4)}, the energy of ${least} bits everywhere`,
      got: `${budget}`,
      hint: "raise the budget, lower qMin, or give the network input fewer bits",
    });
  }

  /** Whole bit-widths for all slots. */
  #discretise(bits: readonly number[], parameters: Tensors): Promise<number[]> | number[] {
    const { bitSet } = this.#options;
    const learned = bits.slice(0, this.#setup.slots.learned);
    const complete = (values: readonly number[]) => [...values, ...this.#setup.slots.fixed];
    const energy = (values: readonly number[]) => this.#relativeEnergy(complete(values));
    if (bitSet === undefined) return complete(roundWithOffset(learned, energy, this.#options));
    const loss = async (values: readonly number[]) => {
      const model = this.#quantised(parameters, complete(values), "round");
      const { engine, data } = this.#context;
      const some = examplesOf(data.train, 0, Math.min(500, data.train.inputs.dims[0]!));
      return (await evaluate(engine, model, some)).loss;
    };
    return snapToSet(learned, energy, loss, { ...this.#options, bitSet }).then(complete);
  }

  #relativeEnergy(slots: readonly number[]): number {
    const bits = layerBits(this.#setup.slots, slots);
    return relativeEnergyAt(
      this.#setup.coefficients,
      bits.map(({ weight }) => weight),
      bits.map(({ input }) => input),
    );
  }

  /** The network with its trained parameters and quantisers. */
  #quantised(parameters: Tensors, slots: readonly number[], mode: EqatOptions["mode"]): Model {
    const model = withParameters(this.#model, parameters);
    const { layers } = this.#setup;
    const ranges = this.#options.learnRanges
      ? applyRanges(layers, parameters[RANGES] ?? initialRanges(layers))
      : withLargestWeights(model, layers);
    return withQuantizers(this.#setup, model, ranges, slots, mode);
  }
}

/** Weight ranges that are not learned: max|w| of the weights as they are now, as in the step. */
function withLargestWeights(model: Model, layers: readonly LayerRanges[]): LayerRanges[] {
  const weights = new Map(quantizableLayers(model).map(({ name, weight }) => [name, weight.constant!]));
  return layers.map((layer) => ({
    ...layer,
    weightRange: largestWeight(weights.get(layer.layer)!, layer.weightAxis),
  }));
}

/** `name[0]`, `name[1]` … (or `name` alone) as a vector. */
function averages(metrics: Readonly<Record<string, number>>, name: string): number[] {
  if (metrics[name] !== undefined) return [metrics[name]];
  const values: number[] = [];
  while (metrics[`${name}[${values.length}]`] !== undefined) values.push(metrics[`${name}[${values.length}]`]!);
  return values;
}

export type { EqatOptions };
