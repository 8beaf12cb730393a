/** @file One run of LWS: baseline, schedule with rollback, final tuning, and the energy by traces of the network it ended with. */

import { rmSync } from "node:fs";
import type { Model } from "../../graph/model.ts";
import { type ClassifierData, examplesOf } from "../../training/index.ts";
import type { ClassifierContext } from "../classifier-method.ts";
import type { Outcome } from "../method.ts";
import { fingerprintOf } from "../train-classifier.ts";
import type { SelectionRow, WeightSelection } from "../weight-selection.ts";
import { ArrayUnit, arrayOf, switchedLayers } from "./array-unit.ts";
import { type WayPoint, worthMeasuring } from "./curve.ts";
import { type NetworkSwitching, savingOf, switchingEnergy } from "./energy.ts";
import { exactEnergy } from "./exact.ts";
import { checkShapes, checkTransitions } from "./fit.ts";
import { Frame, type FrameData } from "./frame.ts";
import type { LwsRecord } from "./index.ts";
import { type IntegerForm, toIntegerForm } from "./integer-form.ts";
import { type Entry, readEntry, writeEntry } from "./journal.ts";
import { initialState, modelOf, type NetworkState, setOf } from "./network.ts";
import { type LwsOptions, ladderOf } from "./options.ts";
import { basisOf, clockBeside, type Measured, methodOf, rowOf } from "./record.ts";
import { pruned, type Restriction, restrictions } from "./restrict.ts";
import { runSchedule, type ScheduleHost, type ScheduleOutcome } from "./schedule.ts";
import { timingOf } from "./timing.ts";
import { partOf, tune } from "./tune.ts";

/** Stands for all layers in the schedule of a strategy that restricts them at once. */
const EVERYWHERE = "all layers";

export class LwsRun {
  readonly #context: ClassifierContext;
  readonly #options: LwsOptions;
  readonly #form: IntegerForm;
  readonly #entries = new WeakMap<NetworkState, Entry>();
  readonly #history: LwsRecord[] = [];
  /** Every network that was tuned, in order. */
  readonly #way: { step: string; state: NetworkState; accuracy: number }[] = [];
  #frame!: Frame;
  #step = 0;
  #stepSeconds = 0;

  constructor(context: ClassifierContext, model: Model, options: LwsOptions) {
    this.#context = context;
    this.#options = options;
    this.#form = toIntegerForm(model, arrayOf(options));
    checkShapes(this.#form.model, options);
  }

  async go(): Promise<Outcome> {
    const unit = await ArrayUnit.compile(this.#options);
    const { data, warnings } = this.#split();
    const baseline = initialState(this.#form);
    const { engine } = this.#context;
    this.#frame = new Frame({ engine, form: this.#form, unit, data, options: this.#options, baseline });
    const found = await this.#schedule(baseline);
    const last = await this.#finish(found.state);
    const state = last.accuracy >= found.accuracy ? last.state : found.state;
    await this.#simulate(baseline, state);
    for (const { name, why } of this.#form.skipped) warnings.push(`${name}: keeps all weights, ${why}`);
    if (state === found.state && state !== baseline) {
      warnings.push("the last tuning lost accuracy on the validation examples, so the network before it was kept");
    }
    return {
      model: modelOf(this.#form, state),
      kind: "quantised",
      bits: this.#form.layers.map(({ name, bits }) => ({ layer: name, ...bits })),
      selection: await this.#selection(baseline, state, found),
      storage: this.#options.storage,
      history: this.#history,
      warnings,
      stepSeconds: this.#stepSeconds,
      isFinished: true,
    };
  }

  /** Where no validation part is given, the last training examples are it. */
  #split(): { data: FrameData; warnings: string[] } {
    const { train, validation } = this.#context.data;
    if (validation !== undefined) {
      checkTransitions(validation.inputs.dims[0]!);
      return { data: { train, validation }, warnings: [] };
    }
    const all = train.inputs.dims[0]!;
    const kept = all - Math.max(2, Math.round(this.#options.validation * all));
    const text = `decisions rest on the last ${all - kept} training examples; a model that was trained on them looks better there than it is`;
    return { data: { train: examplesOf(train, 0, kept), validation: examplesOf(train, kept, all) }, warnings: [text] };
  }

  /**
   * Pruning first, since nothing is cheaper than zero, in all layers worth it at once; then sets for what is left, layer by layer: both
   * within one loss of accuracy.
   */
  async #schedule(baseline: NetworkState): Promise<ScheduleOutcome<NetworkState>> {
    const { strategy, maxDrop, prune } = this.#options;
    if (strategy === "int8") {
      const accuracy = await this.#frame.accuracy(baseline);
      return { state: baseline, accuracy, leastAccuracy: 0, sizes: new Map(), steps: [] };
    }
    const drop = maxDrop / 100;
    const sizes = ladderOf(this.#options);
    if (strategy !== "lws") return this.#sweep(baseline, restrictions[strategy], sizes, drop);
    if (prune.length === 0) return this.#sweep(baseline, restrictions.lws, sizes, drop);
    const first = await this.#sweep(baseline, pruned, prune, drop);
    const left = Math.min(1, Math.max(0, first.accuracy - first.leastAccuracy));
    const second = await this.#sweep(first.state, restrictions.lws, sizes, left);
    return { ...second, leastAccuracy: first.leastAccuracy, steps: [...first.steps, ...second.steps] };
  }

  /** One way to restrict, layer by layer or everywhere at once. */
  #sweep(
    start: NetworkState,
    restrict: Restriction,
    sizes: readonly number[],
    mostDrop: number,
  ): Promise<ScheduleOutcome<NetworkState>> {
    const { strategy, schedule, leastShare, sweeps, retunes } = this.#options;
    const frame = this.#frame;
    const isByLayer = strategy === "lws" && schedule && restrict !== pruned;
    const what = restrict === pruned || strategy === "magnitude" ? "per cent kept" : "k";
    let tuned: NetworkState;
    const host: ScheduleHost<NetworkState> = {
      restrict: async (state, layer, size) =>
        this.#read(`step${this.#step + 1}`)?.state ??
        restrict(frame, state, size, layer === EVERYWHERE ? undefined : layer),
      tune: async (state) => {
        tuned = await this.#tune(state, `step${++this.#step}`);
        return tuned;
      },
      accuracy: async (state) => this.#entries.get(state)?.accuracy ?? frame.accuracy(state),
      shares: async (state) => {
        if (!isByLayer) return new Map([[EVERYWHERE, 1]]);
        return new Map((await frame.switching(state)).layers.map(({ name, share }) => [name, share]));
      },
    };
    return runSchedule(start, host, { sizes, mostDrop, leastShare, sweeps, retunes }, (step) => {
      const { layer, size, share, accuracy, isKept } = step;
      const loss = this.#lastLoss;
      const phase = "schedule";
      this.#way.push({ step: `${layer}: ${what} = ${size}`, state: tuned, accuracy });
      this.#note({ phase, epoch: this.#step, loss, validationAccuracy: accuracy, layer, what, size, share, isKept });
    });
  }

  #lastLoss = 0;

  /** A few epochs after a restriction, from the journal if it has them. */
  async #tune(state: NetworkState, name: string): Promise<NetworkState> {
    const { tuneEpochs, tuneExamples } = this.#options;
    const data = partOf(this.#frame.data.train, this.#step, tuneExamples);
    const entry = await this.#trained(state, name, { epochs: tuneEpochs, data });
    return entry.state;
  }

  async #finish(state: NetworkState): Promise<Entry> {
    const { train } = this.#frame.data;
    const entry = await this.#trained(state, "final", { epochs: this.#options.epochs, data: train });
    const testAccuracy = await this.#testAccuracy(entry.state);
    const epoch = this.#step + this.#options.epochs;
    this.#note({ phase: "final", epoch, loss: entry.loss, validationAccuracy: entry.accuracy, testAccuracy });
    return entry;
  }

  /** The saving by simulation of every element, as a record of its own. */
  async #simulate(baseline: NetworkState, state: NetworkState): Promise<void> {
    const frame = this.#frame;
    const images = Math.min(this.#options.exactImages, frame.images);
    if (images === 0 || this.#options.weightTable !== undefined) return;
    const [before, after] = [await frame.traces(baseline), await frame.traces(state)].map((traces) =>
      exactEnergy(traces, frame.unit, images, frame.images),
    ) as [number, number];
    const { loss, epoch, validationAccuracy } = this.#history.at(-1)!;
    this.#note({
      phase: "exact",
      epoch,
      loss,
      validationAccuracy,
      exactImages: images,
      exactSaving: 1 - after / before,
    });
  }

  async #trained(state: NetworkState, name: string, how: { epochs: number; data: ClassifierData }): Promise<Entry> {
    const { signal, checkpoint, onRecord, ...context } = this.#context;
    let entry = this.#entries.get(state)?.name === name ? this.#entries.get(state) : this.#read(name);
    if (entry === undefined) {
      signal?.throwIfAborted();
      const halfway = checkpoint && `${checkpoint}.${name}-halfway`;
      // Rows of the history are the steps of the schedule, not the epochs of a tuning.
      const own = { ...context, signal, checkpoint: halfway };
      const tuned = await tune(own, modelOf(this.#form, state), { name, ...how }, this.#options);
      if (!tuned.isFinished) signal?.throwIfAborted();
      const next = { ...state, parameters: { ...state.parameters, ...tuned.parameters } };
      const { stepSeconds } = tuned;
      const { loss } = tuned.history.at(-1) ?? { loss: 0 };
      entry = { name, state: next, loss, stepSeconds, accuracy: await this.#frame.accuracy(next) };
      if (checkpoint !== undefined) writeEntry(this.#path(name)!, this.#identity(), entry);
      if (halfway !== undefined) rmSync(halfway, { force: true });
      this.#entries.set(next, entry);
    }
    this.#stepSeconds += entry.stepSeconds;
    this.#lastLoss = entry.loss;
    return entry;
  }

  #read(name: string): Entry | undefined {
    const path = this.#path(name);
    const entry = path === undefined ? undefined : readEntry(path, this.#identity());
    if (entry !== undefined) this.#entries.set(entry.state, entry);
    return entry;
  }

  #path(name: string): string | undefined {
    const { checkpoint } = this.#context;
    return checkpoint?.replace(/(\.onnx)?$/, `-${name}.onnx`);
  }

  #identity(): string {
    return fingerprintOf(this.#context, { method: "lws", options: this.#options });
  }

  #note(record: LwsRecord): void {
    this.#history.push(record);
    this.#context.onRecord?.(record);
  }

  /** On each unit, what networks on the way reach on the test examples and save: for the record, no decision rests on it. */
  async #curves(units: readonly ArrayUnit[], baseline: NetworkState): Promise<NonNullable<SelectionRow["curve"]>[]> {
    const curves = units.map(() => [] as { step: string; accuracy: number; saving: number }[]);
    if (!this.#options.curve) return curves;
    const points: WayPoint[] = [];
    for (const way of this.#way) points.push({ ...way, saving: await this.#frame.savingByOldTables(way.state) });
    for (const { step, state } of worthMeasuring(points)) {
      const accuracy = await this.#testAccuracy(state);
      for (const [i, unit] of units.entries()) {
        const [whole, now] = [await this.#energyOf(baseline, unit), await this.#energyOf(state, unit)];
        curves[i]!.push({ step, accuracy, saving: savingOf(whole, now).saving });
      }
    }
    return curves;
  }

  async #energyOf(state: NetworkState, unit: ArrayUnit): Promise<NetworkSwitching> {
    const { traces, tables } = await this.#frame.fresh(state, unit);
    return switchingEnergy(switchedLayers(traces, tables), unit.array);
  }

  #testAccuracy(state: NetworkState): Promise<number> {
    return this.#frame.accuracy(state, this.#context.data.test);
  }

  /** On the unit that sets were chosen for, and on the other of the two gatings. */
  async #selection(
    baseline: NetworkState,
    state: NetworkState,
    { steps }: ScheduleOutcome<NetworkState>,
  ): Promise<WeightSelection> {
    const options = this.#options;
    const own = this.#frame.unit;
    // A measured table speaks of one unit alone.
    const isMeasured = options.weightTable !== undefined;
    const units = isMeasured ? [own] : [own, await own.regated()];
    const curves = await this.#curves(units, baseline);
    const sets = (layer: string) => setOf(state, layer);
    const rows = [];
    for (const [i, unit] of units.entries()) {
      const after = await this.#frame.fresh(state, unit);
      // The int8 network is what all others are held against, itself included, whatever it was tuned from.
      const before = options.strategy === "int8" ? after : await this.#frame.fresh(baseline, unit);
      // What is pruned by magnitude does not depend on the unit.
      const isOwn = unit === own || ["int8", "magnitude"].includes(options.strategy);
      const chosenFor = isOwn ? [] : [`sets chosen for the ${own.isZeroGated ? "gated" : "ungated"} unit`];
      const detail = [...describe(options, steps), ...chosenFor].join("; ");
      const withHeat = unit === own && ["lws", "int8"].includes(methodOf(options));
      const row = rowOf({ unit, before, after, sets, detail, options, images: this.#frame.images, withHeat });
      const curve = curves[i]!;
      rows.push({ ...row, ...timed(unit, before, after, row, options), ...(curve.length > 0 && { curve }) });
    }
    return {
      bases: units.map((unit) => basisOf(unit, options, this.#frame.images)),
      rows,
      beside: clockBeside(own, rows[0]!),
    };
  }
}

/** Delays and supply of the row's values on this unit, where the strategy goes by them. */
function timed(
  unit: ArrayUnit,
  before: Measured,
  after: Measured,
  { layers, saving }: SelectionRow,
  { timing }: LwsOptions,
): Pick<SelectionRow, "timing"> {
  if (timing === undefined) return {};
  const half = layers[0]!.histogram.after.length / 2;
  const found = layers.flatMap(({ histogram }) => histogram.after.flatMap((count, i) => (count > 0 ? [i - half] : [])));
  const values = [...new Set(found)];
  const [all, own] = [unit.delays(before.traces), unit.delays(after.traces, values)];
  return { timing: timingOf(timing, all, own, values, saving) };
}

/** What distinguishes a row from others of its method. */
function describe(options: LwsOptions, steps: ScheduleOutcome<NetworkState>["steps"]): string[] {
  const { strategy, schedule, maxDrop, prune, gradientTerm, timing } = options;
  if (strategy === "int8") return [];
  const kept = steps.filter(({ isKept }) => isKept).at(-1)?.size;
  const name = strategy === "magnitude" ? "per cent kept" : "k";
  const isLws = strategy === "lws";
  const parts = isLws
    ? [
        ...(schedule ? [] : ["all layers together"]),
        ...(prune.length === 0 ? ["no pruning"] : []),
        ...(gradientTerm ? ["with gradient term"] : []),
      ]
    : [];
  const global = isLws && schedule ? [] : [kept === undefined ? "no step kept" : `${name} = ${kept}`];
  const early = timing === undefined ? [] : [`within ${Math.round(100 * timing.share)} % of the longest time`];
  return [...global, ...parts, ...early, `δ = ${maxDrop} ${maxDrop === 1 ? "point" : "points"}`];
}
