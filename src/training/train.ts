/**
 * @file The training loop: phases of epochs of blocks of steps. A block is one `run` of the looped step; what a block
 * does depends on seed and place alone, so that a killed and resumed run ends with the same bits as one never killed.
 */

import { fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import { numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { OrtEngine, type OrtSession } from "../engine/index.ts";
import { applyPasses } from "../graph/pass.ts";
import { loopify, seedDropout } from "../rewrites/index.ts";
import { type Place, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { Moment } from "./schedules.ts";
import type { Parameter, TrainingStep } from "./step.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

/** What a phase starts from. */
export interface PhaseStart<History> {
  /** Parameters of earlier phases (empty at first), by name. */
  readonly parameters: Tensors;
  readonly history: readonly History[];
}

export interface PhasePlan {
  readonly step: TrainingStep;
  readonly parameters: readonly Parameter[];
}

export interface Phase<History> {
  readonly name: string;
  /** May end within an epoch: 0.25 is a quarter of one, 1.75 ends with three quarters of the second. */
  readonly epochs: number;
  /** Builds the step; may depend only on what the phase itself leaves unchanged, since a resumed run asks again. */
  plan(start: PhaseStart<History>): PhasePlan;
  /** Controls of one step: `rate:<group>` and whatever the objective asked for. */
  controls(moment: Moment): Readonly<Record<string, number>>;
}

export interface EpochEnd<History> {
  readonly phase: string;
  /** Counted over all phases, from 1; an epoch that is left unfinished counts. */
  readonly epoch: number;
  readonly parameters: Tensors;
  /** Mean of each metric over the epoch; elements of vector metrics as `name[i]`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of the epochs before: what a decision to stop may rest on, since a resumed run has it, too. */
  readonly history: readonly History[];
}

export interface TrainSpec<History> {
  readonly seed: number;
  /** Held in the engine: the data set under the names of the step's resident inputs. */
  readonly resident: Tensors;
  readonly examples: number;
  readonly batchSize: number;
  /** Greatest shift of the augmentation; with `flip`, random flips too. */
  readonly shift?: number;
  readonly flip?: boolean;
  readonly phases: readonly Phase<History>[];
  /** Steps a block; chosen from the amount of work (never by timing), so that a block lasts about a second at most. */
  readonly blockSteps: number;
  readonly threads?: number;
  /** Says which run this is; part of the checkpoint. */
  readonly fingerprint: string;
  readonly checkpoint?: { readonly path: string; readonly everySeconds?: number };
  /** After each epoch; what it returns is kept as history. `stop: true` ends the phase early. */
  onEpoch(end: EpochEnd<History>): Promise<{ readonly record: History; readonly stop?: boolean }>;
  onBlock?(progress: { phase: string; done: number; total: number; loss: number }): void;
  readonly signal?: AbortSignal;
}

export interface Trained<History> {
  readonly parameters: Tensors;
  readonly history: readonly History[];
  /** Time spent in steps, over all sittings; for information only. */
  readonly stepSeconds: number;
  readonly isFinished: boolean;
}

/** Trains. @throws FemtoError `train.diverged` where the loss is not finite any more */
export async function train<History>(spec: TrainSpec<History>): Promise<Trained<History>> {
  const engine = new OrtEngine();
  try {
    return await new Run(spec, engine).go();
  } finally {
    await engine.close();
  }
}

class Run<History> {
  readonly #spec: TrainSpec<History>;
  readonly #engine: OrtEngine;
  readonly #stepsPerEpoch: number;
  readonly #totalSteps: number;
  #tensors: Tensors = {};
  #history: History[] = [];
  #place: Place = { phase: 0, epoch: 0, step: 0 };
  #sums: Record<string, number> = {};
  #stepSeconds = 0;
  #lastSaved = Date.now();

  constructor(spec: TrainSpec<History>, engine: OrtEngine) {
    this.#spec = spec;
    this.#engine = engine;
    this.#stepsPerEpoch = Math.floor(spec.examples / spec.batchSize);
    if (this.#stepsPerEpoch < 1) {
      fail({
        code: "train.batch",
        message: "a batch is larger than the training set",
        expected: `at most ${spec.examples}`,
        got: `${spec.batchSize}`,
      });
    }
    this.#totalSteps = this.#stepsIn(spec.phases);
  }

  #stepsIn(phases: readonly Phase<History>[]): number {
    return phases.reduce((sum, { epochs }) => sum + Math.round(epochs * this.#stepsPerEpoch), 0);
  }

  /** Steps of the current epoch of a phase: the last one may be shorter. */
  #stepsNow(phase: Phase<History>): number {
    return Math.min(this.#stepsPerEpoch, this.#stepsIn([phase]) - this.#place.epoch * this.#stepsPerEpoch);
  }

  async go(): Promise<Trained<History>> {
    const { checkpoint, fingerprint, phases } = this.#spec;
    const saved = checkpoint && readCheckpoint<History>(checkpoint.path, fingerprint);
    if (saved) {
      this.#tensors = saved.tensors;
      this.#history = [...saved.history];
      this.#place = saved.place;
      this.#sums = { ...saved.sums };
      this.#stepSeconds = saved.stepSeconds;
    }
    let isFinished = true;
    while (this.#place.phase < phases.length && isFinished) isFinished = await this.#phase(phases[this.#place.phase]!);
    return {
      parameters: parametersIn(this.#tensors),
      history: this.#history,
      stepSeconds: this.#stepSeconds,
      isFinished,
    };
  }

  /** Runs a phase from the current place to its end; false when it was told to stop midway. */
  async #phase(phase: Phase<History>): Promise<boolean> {
    const { step, parameters } = phase.plan({ parameters: parametersIn(this.#tensors), history: this.#history });
    // State and parameters of an earlier phase live on where the names agree.
    const start: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(step.state)) start[name] = this.#tensors[name] ?? value;
    for (const { name, value } of parameters) start[`p:${name}`] = this.#tensors[`p:${name}`] ?? value;
    const untouched = Object.entries(this.#tensors).filter(([name]) => name.startsWith("p:") && !(name in start));
    const session = await this.#open(step);
    await session.hold({ ...this.#spec.resident, ...start });
    const names = Object.keys(start);
    const collect = async () => {
      this.#tensors = { ...Object.fromEntries(untouched), ...(await session.read(names)) };
    };
    while (this.#stepsNow(phase) > 0) {
      while (this.#place.step < this.#stepsNow(phase)) {
        if (this.#spec.signal?.aborted) {
          await collect();
          this.#save();
          return false;
        }
        await this.#block(phase, step, session);
        const { checkpoint } = this.#spec;
        if (checkpoint && Date.now() - this.#lastSaved > 1000 * (checkpoint.everySeconds ?? 30)) {
          await collect();
          this.#save();
        }
      }
      await collect();
      const stop = await this.#endEpoch(phase);
      if (stop) break;
    }
    this.#place = { phase: this.#place.phase + 1, epoch: 0, step: 0 };
    this.#save();
    await session.release();
    return true;
  }

  #open(step: TrainingStep): Promise<OrtSession> {
    const { carry, resident, scanned, controls, metrics } = step;
    const looped = loopify(step.model, {
      carry,
      resident,
      scanned: [...scanned, ...controls],
      stacked: metrics.map((name) => `metric:${name}`),
    });
    const { phase, epoch, step: done } = this.#place;
    const drawn = epoch * this.#stepsPerEpoch + done;
    applyPasses(looped, [seedDropout({ seed: this.#spec.seed, stream: `dropout/${phase}`, drawn })]);
    return this.#engine.load(looped, { threads: this.#spec.threads ?? 1, keepQdq: true, layout: "blocked" });
  }

  async #block(phase: Phase<History>, step: TrainingStep, session: OrtSession): Promise<void> {
    const { blockSteps, batchSize, phases } = this.#spec;
    const from = this.#place.step;
    const count = Math.min(blockSteps, this.#stepsNow(phase) - from);
    const before = this.#stepsIn(phases.slice(0, this.#place.phase));
    const first = before + this.#place.epoch * this.#stepsPerEpoch + from;
    const feeds: Record<string, Tensor> = { steps: scalar("int64", count), ...this.#draw(step, from, count) };
    const rows = Array.from({ length: count }, (_, k) =>
      phase.controls({ step: first + k, steps: this.#totalSteps, stepsPerEpoch: this.#stepsPerEpoch }),
    );
    for (const name of step.controls) {
      feeds[name] = tensor(
        "float32",
        [count],
        rows.map((row) => row[name] ?? missingControl(name)),
      );
    }
    const fetch = step.metrics.map((name) => `metric:${name}`);
    const started = performance.now();
    const results = await session.run(feeds, { fetch, carry: step.carry });
    this.#stepSeconds += (performance.now() - started) / 1000;
    for (const name of step.metrics) {
      const values = numbers(results[`metric:${name}`]!);
      const width = values.length / count;
      for (const [i, value] of values.entries()) {
        // A vector (bit-widths) is summed element by element under `name[i]`.
        const key = width === 1 ? name : `${name}[${i % width}]`;
        this.#sums[key] = (this.#sums[key] ?? 0) + value;
      }
    }
    const losses = numbers(results["metric:loss"]!);
    if (!losses.every(Number.isFinite)) {
      fail({
        code: "train.diverged",
        where: `phase ${phase.name}, epoch ${this.#place.epoch + 1}, step ${from + losses.findIndex((v) => !Number.isFinite(v))}`,
        message: "the loss is not finite any more",
        hint: "lower the learning rate, clip gradients, or look for extreme inputs",
      });
    }
    this.#place = { ...this.#place, step: from + count };
    this.#spec.onBlock?.({
      phase: phase.name,
      done: (first + count) * batchSize,
      total: this.#totalSteps * batchSize,
      loss: losses.at(-1)!,
    });
  }

  /** Indices and moves of a block: a function of seed, phase, epoch and step alone. */
  #draw(step: TrainingStep, from: number, count: number): Record<string, Tensor> {
    const { seed, examples, batchSize, shift = 0, flip = false } = this.#spec;
    const where = `${this.#place.phase}/${this.#place.epoch}`;
    const order = new Rng(seed, `shuffle/${where}`).permutation(examples);
    const chosen = Array.from(order.subarray(from * batchSize, (from + count) * batchSize));
    const drawn: Record<string, Tensor> = { index: tensor("int64", [count, batchSize], chosen) };
    if (step.scanned.includes("moves")) {
      const moves = Array.from({ length: count }, (_, k) => {
        const rng = new Rng(seed, `moves/${where}/${from + k}`);
        const move = () => [rng.below(2 * shift + 1), rng.below(2 * shift + 1), flip ? rng.below(2) : 0];
        return Array.from({ length: batchSize }, move);
      }).flat(2);
      drawn.moves = tensor("int64", [count, batchSize, 3], moves);
    }
    return drawn;
  }

  async #endEpoch(phase: Phase<History>): Promise<boolean> {
    const steps = this.#stepsNow(phase);
    const metrics = Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / steps]));
    const before = this.#spec.phases.slice(0, this.#place.phase).reduce((sum, p) => sum + Math.ceil(p.epochs), 0);
    const { record, stop = false } = await this.#spec.onEpoch({
      phase: phase.name,
      epoch: before + this.#place.epoch + 1,
      parameters: parametersIn(this.#tensors),
      metrics,
      history: this.#history,
    });
    this.#history.push(record);
    this.#sums = {};
    // An early stop is part of the place: a resumed run must not go on with the phase.
    this.#place = { phase: this.#place.phase, epoch: stop ? Math.ceil(phase.epochs) : this.#place.epoch + 1, step: 0 };
    this.#save();
    return stop;
  }

  #save(): void {
    const { checkpoint, fingerprint } = this.#spec;
    if (!checkpoint) return;
    writeCheckpoint(checkpoint.path, {
      place: this.#place,
      fingerprint,
      tensors: this.#tensors,
      sums: this.#sums,
      history: this.#history,
      stepSeconds: this.#stepSeconds,
    });
    this.#lastSaved = Date.now();
  }
}

const parametersIn = (tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) => (name.startsWith("p:") ? [[name.slice(2), value]] : [])),
  );

const missingControl = (name: string): never =>
  fail({ code: "train.control", message: `the phase gives no value for control "${name}"` });
