/**
 * @file EQAT: energy-efficient quantisation-aware training with learned bit-widths (Karkehabadi and Sasan, GLSVLSI 2025,
 * doi 10.1145/3716368.3735291). Trains weights, ranges and bit-widths together, fixes whole bit-widths at 80 % of the
 * epochs, and fine-tunes the rest. With `fixedBits` the same run is the uniform baseline.
 */

import { rowsOf, type Tensor } from "../../base/tensor.ts";
import { energyCoefficients, layerCosts } from "../../energy/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { insertQuantizers, type Parameter as TrainableParameter, trainableParameters } from "../../rewrites/index.ts";
import {
  adam,
  blockSteps,
  buildStep,
  chooseOptimizer,
  constant,
  cosine,
  evaluate,
  type Parameter,
  type Phase,
  type PhasePlan,
  planBatches,
  type Schedule,
  type Tensors,
  type Trainee,
  train,
  withFrozenStatistics,
  withStatistics,
} from "../../training/index.ts";
import { type EpochRecord, type MethodContext, method, type Outcome } from "../method.ts";
import { type BitSlots, initialBits, layerBits, layOutBits } from "./bits.ts";
import { calibrate, type LayerRanges } from "./calibrate.ts";
import { roundWithOffset, snapToSet } from "./discretise.ts";
import { type EnergyCoefficients, relativeEnergy } from "./energy-term.ts";
import { BITS, type EqatNetwork, eqatObjective, RANGES } from "./objective.ts";
import { type EqatOptions, eqatOptions } from "./options.ts";
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

export const eqat = method<EqatOptions>({
  id: "eqat",
  title: "Energy-efficient quantisation-aware training with dynamic bit-width optimisation",
  paper: "Karkehabadi and Sasan, GLSVLSI 2025, doi:10.1145/3716368.3735291",
  options: eqatOptions as never,
  async apply(context, model, options): Promise<Outcome> {
    const engine = new OrtEngine();
    try {
      return await new EqatRun(engine, context, model, options).go();
    } finally {
      await engine.close();
    }
  },
});

class EqatRun {
  readonly #engine: OrtEngine;
  readonly #context: MethodContext;
  readonly #model: Model;
  readonly #options: EqatOptions;
  readonly #trainable: readonly TrainableParameter[];
  #layers: LayerRanges[] = [];
  #slots!: BitSlots;
  #coefficients!: EnergyCoefficients;

  constructor(engine: OrtEngine, context: MethodContext, model: Model, options: EqatOptions) {
    this.#engine = engine;
    this.#context = context;
    this.#model = model;
    this.#options = options;
    this.#trainable = trainableParameters(model);
  }

  async go(): Promise<Outcome> {
    const { data, seed, machine, checkpoint, onProgress, onRecord, signal, threads } = this.#context;
    const options = this.#options;
    this.#layers = await calibrate(this.#engine, this.#model, data.train, seed, options);
    this.#slots = layOutBits(
      this.#layers.map(({ layer }) => layer),
      options,
    );
    const costs = layerCosts(this.#model, { N: 1 });
    this.#coefficients = energyCoefficients(costs, machine);
    const batches = planBatches(data.train, options.batchSize, options.augmentation);
    const macs = costs.reduce((sum, cost) => sum + cost.macs, 0);
    const { shift, flip } = options.augmentation;

    const trained = await train<EqatRecord>({
      seed,
      resident: batches.tensors,
      examples: data.train.inputs.dims[0]!,
      batchSize: options.batchSize,
      shift,
      flip,
      phases: this.#phases(batches),
      blockSteps: blockSteps(macs, options.batchSize),
      threads,
      fingerprint: JSON.stringify({ method: "eqat", options, seed, threads }),
      ...(checkpoint === undefined ? {} : { checkpoint: { path: checkpoint } }),
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onBlock: onProgress }),
      onEpoch: async ({ phase, epoch, parameters, metrics }) => {
        const slots = this.#slots;
        const averaged = averages(metrics, "bits");
        const isLast = phase === "learn" && epoch === this.#epochs().learn;
        const chosen = isLast ? await this.#discretise(averaged, parameters) : undefined;
        const isMeasured = epoch % options.evaluateEvery === 0 || epoch === options.epochs;
        const bits = layerBits(slots, averaged);
        const record: EqatRecord = {
          phase,
          epoch,
          loss: metrics.loss!,
          ce: metrics.ce!,
          kl: metrics.kl ?? 0,
          energy: metrics.energy!,
          bits,
          trainAccuracy: metrics.accuracy!,
          ...(chosen && { fixed: chosen }),
          ...(isMeasured && { testAccuracy: await this.#accuracy(parameters, chosen ?? averaged) }),
        };
        onRecord?.(record);
        return { record };
      },
    });
    const fixed = fixedOf(trained.history) ?? this.#slots.fixed;
    return {
      model: this.#quantised(trained.parameters, fixed, "round"),
      bits: layerBits(this.#slots, fixed),
      history: trained.history,
      warnings: [],
      stepSeconds: trained.stepSeconds,
      isFinished: trained.isFinished,
    };
  }

  /** Epochs of the three phases; a uniform baseline has nothing to learn about bits. */
  #epochs(): { learn: number; tune: number; settle: number } {
    const { epochs, freezeAt, settle, fixedBits } = this.#options;
    const learn = fixedBits === undefined ? Math.ceil(freezeAt * epochs) : 0;
    const hasStatistics = this.#trainable.some(({ role }) => role === "statistic");
    const last = hasStatistics ? Math.min(epochs - learn, Math.round(settle * epochs)) : 0;
    return { learn, tune: epochs - learn - last, settle: last };
  }

  #phases(batches: ReturnType<typeof planBatches>): Phase<EqatRecord>[] {
    const { beta, warmup, budget, budgetWeight, rateBits, rateRanges, rate, schedule } = this.#options;
    const weights: Schedule = schedule === "cosine" ? cosine(rate) : constant(rate);
    const ranges: Schedule = schedule === "cosine" ? cosine(rateRanges) : constant(rateRanges);
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
    const plan = (name: "learn" | "tune" | "settle"): Phase<EqatRecord>["plan"] => {
      return ({ parameters, history }) => this.#plan(name, batches, parameters, fixedOf(history));
    };
    return (["learn", "tune", "settle"] as const)
      .map((name) => ({ name, epochs: { learn, tune, settle }[name], plan: plan(name), controls }))
      .filter(({ epochs }) => epochs > 0);
  }

  #plan(
    phase: "learn" | "tune" | "settle",
    batches: ReturnType<typeof planBatches>,
    earlier: Tensors,
    fixed: readonly number[] | undefined,
  ): PhasePlan {
    const options = this.#options;
    const isLearning = phase === "learn";
    const prepare = (model: Model): Trainee =>
      phase === "settle" ? withFrozenStatistics(model) : withStatistics(model);
    const slots: BitSlots = isLearning ? this.#slots : frozen(this.#slots, fixed ?? this.#slots.fixed);
    const network: EqatNetwork = {
      full: prepare(this.#model),
      quantised: prepare(
        this.#withQuantizers(this.#model, this.#layers, undefined, isLearning ? options.mode : "round"),
      ),
      layers: this.#layers,
      slots,
      coefficients: this.#coefficients,
      options,
    };
    const parameters: Parameter[] = this.#trainable.map(({ value, role, decay }) => ({
      name: value.name,
      value: earlier[value.name] ?? value.constant!,
      group: role === "statistic" ? "statistics" : "weights",
      decays: decay,
    }));
    if (options.learnRanges) {
      parameters.push({ name: RANGES, value: initialRanges(this.#layers), group: "ranges", decays: false });
    }
    if (isLearning) parameters.push({ name: BITS, value: initialBits(slots, options), group: "bits", decays: false });
    const step = buildStep({
      name: `eqat_${phase}`,
      parameters,
      groups: {
        weights: {
          optimizer: chooseOptimizer(options.optimizer, options.weightDecay),
          ...(options.clip && { clip: options.clip }),
        },
        ranges: { optimizer: adam() },
        bits: { optimizer: adam() },
      },
      ...batches,
      objective: (context) => eqatObjective(network, context),
    });
    return { step, parameters };
  }

  /** Whole bit-widths for all slots. */
  #discretise(bits: readonly number[], parameters: Tensors): Promise<number[]> | number[] {
    const { bitSet } = this.#options;
    const learned = bits.slice(0, this.#slots.learned);
    const complete = (values: readonly number[]) => [...values, ...this.#slots.fixed];
    const energy = (values: readonly number[]) => this.#relativeEnergy(complete(values));
    if (bitSet === undefined) return complete(roundWithOffset(learned, energy, this.#options));
    const loss = async (values: readonly number[]) => {
      const model = this.#quantised(parameters, complete(values), "round");
      return (await evaluate(this.#engine, model, head(this.#context.data.train, 500))).loss;
    };
    return snapToSet(learned, energy, loss, { ...this.#options, bitSet }).then(complete);
  }

  #relativeEnergy(slots: readonly number[]): number {
    const bits = layerBits(this.#slots, slots);
    return relativeEnergy(
      this.#coefficients,
      bits.map(({ weight }) => weight),
      bits.map(({ input }) => input),
    );
  }

  async #accuracy(parameters: Tensors, slots: readonly number[]): Promise<number> {
    const isWhole = slots.every(Number.isInteger);
    const model = this.#quantised(parameters, slots, isWhole ? "round" : this.#options.mode);
    return (await evaluate(this.#engine, model, this.#context.data.test)).accuracy;
  }

  /** The network with its trained parameters and quantisers. */
  #quantised(parameters: Tensors, slots: readonly number[], mode: EqatOptions["mode"]): Model {
    const model = cloneModel(this.#model);
    for (const value of model.graph.initializers) value.constant = parameters[value.name] ?? value.constant;
    const ranges = this.#options.learnRanges
      ? applyRanges(this.#layers, parameters[RANGES]!)
      : this.#layers.map((layer) => layer);
    return this.#withQuantizers(model, ranges, slots, mode);
  }

  #withQuantizers(
    model: Model,
    ranges: readonly LayerRanges[],
    slots: readonly number[] | undefined,
    mode: EqatOptions["mode"],
  ): Model {
    const copy = cloneModel(model);
    const bits = slots && layerBits(this.#slots, slots);
    insertQuantizers(
      copy,
      ranges.map((layer, i) => ({
        ...layer,
        mode,
        weightBits: bits?.[i]?.weight ?? 8,
        inputBits: bits?.[i]?.input ?? 8,
      })),
    );
    return copy;
  }
}

/** The same slots with nothing left to learn. */
const frozen = (slots: BitSlots, values: readonly number[]): BitSlots => ({ ...slots, learned: 0, fixed: values });

/** The whole bit-widths chosen at the end of the learning phase. */
const fixedOf = (history: readonly EqatRecord[]): readonly number[] | undefined =>
  history.find(({ fixed }) => fixed !== undefined)?.fixed;

/** `name[0]`, `name[1]` … (or `name` alone) as a vector. */
function averages(metrics: Readonly<Record<string, number>>, name: string): number[] {
  if (metrics[name] !== undefined) return [metrics[name]];
  const values: number[] = [];
  while (metrics[`${name}[${values.length}]`] !== undefined) values.push(metrics[`${name}[${values.length}]`]!);
  return values;
}

function head<D extends { inputs: Tensor; labels: Tensor }>(data: D, count: number): D {
  const rows = Math.min(count, data.inputs.dims[0]!);
  return { ...data, inputs: rowsOf(data.inputs, 0, rows), labels: rowsOf(data.labels, 0, rows) };
}

export type { EqatOptions };
