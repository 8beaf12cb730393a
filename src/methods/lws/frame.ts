/** @file What is asked of a network while it is restricted: accuracy, traces, tables, shares, sensitivities; each once a state. */

import { rowsOf, type Tensor } from "../../base/tensor.ts";
import type { WeightDelays } from "../../circuits/characterise/index.ts";
import type { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import { type ClassifierData, evaluate, withNormalisation } from "../../training/index.ts";
import { type ArrayUnit, switchedLayers, type Tables } from "./array-unit.ts";
import { type NetworkSwitching, savingOf, switchingEnergy } from "./energy.ts";
import type { IntegerForm } from "./integer-form.ts";
import { modelOf, type NetworkState, readForm, setNodes, weightRows } from "./network.ts";
import type { LwsOptions } from "./options.ts";
import type { Measured } from "./record.ts";
import { Remembered } from "./remembered.ts";
import { type Sensitivity, sensitivities } from "./sensitivity.ts";
import { type NetworkTraces, traceable, tracesOfValues } from "./traces.ts";

export interface FrameData {
  readonly train: ClassifierData;
  /** Decisions rest on these alone; the test examples are for the record. */
  readonly validation: ClassifierData;
}

type Parts = Pick<Frame, "engine" | "form" | "unit" | "data" | "options" | "baseline">;

export class Frame {
  readonly engine: OrtEngine;
  readonly form: IntegerForm;
  readonly unit: ArrayUnit;
  readonly data: FrameData;
  readonly options: LwsOptions;
  /** What the row starts from. */
  readonly baseline: NetworkState;
  readonly #traces: Remembered<NetworkTraces>;
  readonly #sensitivities: Remembered<Map<string, Sensitivity>>;

  constructor({ engine, form, unit, data, options, baseline }: Parts) {
    this.engine = engine;
    this.form = form;
    this.unit = unit;
    this.data = data;
    this.options = options;
    this.baseline = baseline;
    this.#traces = new Remembered(baseline);
    this.#sensitivities = new Remembered(baseline);
  }

  /** How many images are traced. */
  get images(): number {
    return Math.min(this.options.images, this.data.validation.inputs.dims[0]!);
  }

  async accuracy(state: NetworkState, data: ClassifierData = this.data.validation): Promise<number> {
    return (await evaluate(this.engine, modelOf(this.form, state), data)).accuracy;
  }

  /** The products of the first images of the validation part, in their order. */
  traces(state: NetworkState): Promise<NetworkTraces> {
    return this.#traces.get(state, () => this.#trace(state));
  }

  /** Traces with their own tables. */
  async fresh(state: NetworkState, unit = this.unit): Promise<Measured> {
    const traces = await this.traces(state);
    return { traces, tables: unit.tables(traces) };
  }

  /** Tables that decisions rest on; of these layers alone, where they are named. */
  async tables(state: NetworkState, names?: readonly string[]): Promise<Tables> {
    const { layers, ...rest } = await this.traces(this.options.recharacterise ? state : this.baseline);
    const asked = names === undefined ? layers : layers.filter(({ name }) => names.includes(name));
    return this.unit.tables({ ...rest, layers: asked });
  }

  /** Traces and the tables that decisions rest on. */
  async measured(state: NetworkState): Promise<Measured> {
    return { traces: await this.traces(state), tables: await this.tables(state) };
  }

  /** Delays by weight on the traces of the network that the row starts from. */
  async delays(): Promise<WeightDelays> {
    return this.unit.delays(await this.traces(this.baseline));
  }

  async switching(state: NetworkState): Promise<NetworkSwitching> {
    const { traces, tables } = await this.measured(state);
    return switchingEnergy(switchedLayers(traces, tables), this.unit.array);
  }

  /** The saving by the baseline's tables: a look at the weights, nothing is run. */
  async savingByOldTables(state: NetworkState): Promise<number> {
    const { traces, tables } = await this.fresh(this.baseline);
    const before = switchedLayers(traces, tables);
    const weights = weightRows(this.form, state);
    const after = before.map((layer) => ({ ...layer, weights: weights.get(layer.name)! }));
    const [old, now] = [before, after].map((layers) => switchingEnergy(layers, this.unit.array));
    return savingOf(old!, now!).saving;
  }

  sensitivities(state: NetworkState): Promise<Map<string, Sensitivity>> {
    return this.#sensitivities.get(state, async () => {
      const names = (await this.traces(state)).layers.map(({ name }) => name);
      const model = modelOf(this.form, state);
      return sensitivities(this.engine, model, this.data.train, names, this.options.calibration);
    });
  }

  async #trace(state: NetworkState): Promise<NetworkTraces> {
    const model = modelOf(this.form, state);
    const network = readForm(model, this.form);
    const { traced } = traceable(network);
    const probe = cloneModel(model);
    const nodes = setNodes(probe);
    const inputs = [...new Set(traced.map(({ name }) => nodes.get(name)!.layer.inputs[0]!))];
    probe.graph.outputs.splice(0, probe.graph.outputs.length, ...inputs);
    const { validation } = this.data;
    const whole = withNormalisation(probe, validation);
    const session = await this.engine.load(whole, { keepQdq: true });
    const results = await session.run({ raw: rowsOf(validation.inputs, 0, this.images) });
    await session.release();
    const seen = new Map<string, Tensor>();
    for (const [i, { name }] of whole.graph.outputs.entries()) seen.set(inputs[i]!.name, results[name]!);
    return tracesOfValues(network, seen, this.unit.array);
  }
}
