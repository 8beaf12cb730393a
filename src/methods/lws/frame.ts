/** @file What is asked of a network while it is restricted: accuracy, traces, tables, shares, sensitivities; each once a state. */

import { rowsOf, type Tensor } from "../../base/tensor.ts";
import type { WeightDelays } from "../../circuits/characterise/index.ts";
import type { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import { type ClassifierData, evaluate, withNormalisation } from "../../training/index.ts";
import { type ArrayUnit, switchedLayers, type Tables } from "./array-unit.ts";
import { type NetworkSwitching, switchingEnergy } from "./energy.ts";
import type { IntegerForm } from "./integer-form.ts";
import { modelOf, type NetworkState, readForm, setNodes } from "./network.ts";
import type { LwsOptions } from "./options.ts";
import type { Measured } from "./record.ts";
import { type Sensitivity, sensitivities } from "./sensitivity.ts";
import { type NetworkTraces, traceable, tracesOfValues } from "./traces.ts";

export interface FrameData {
  readonly train: ClassifierData;
  /** Decisions rest on these alone; the test examples are for the record. */
  readonly validation: ClassifierData;
}

export class Frame {
  readonly engine: OrtEngine;
  readonly form: IntegerForm;
  readonly unit: ArrayUnit;
  readonly data: FrameData;
  readonly options: LwsOptions;
  readonly #traces = new WeakMap<NetworkState, Promise<NetworkTraces>>();
  readonly #measured = new WeakMap<NetworkState, Promise<Measured>>();
  readonly #sensitivities = new WeakMap<NetworkState, Promise<Map<string, Sensitivity>>>();
  /** Of the baseline, where tables are not taken anew. */
  #tables: Tables | undefined;
  #delays: WeightDelays | undefined;

  constructor(engine: OrtEngine, form: IntegerForm, unit: ArrayUnit, data: FrameData, options: LwsOptions) {
    this.engine = engine;
    this.form = form;
    this.unit = unit;
    this.data = data;
    this.options = options;
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
    return memo(this.#traces, state, () => this.#trace(state));
  }

  /** Traces with their own tables. */
  async fresh(state: NetworkState, unit = this.unit): Promise<Measured> {
    const traces = await this.traces(state);
    return { traces, tables: unit.tables(traces) };
  }

  /** Traces and the tables that decisions rest on. */
  measured(state: NetworkState): Promise<Measured> {
    return memo(this.#measured, state, async () => {
      const { recharacterise } = this.options;
      if (recharacterise || this.#tables === undefined) {
        const measured = await this.fresh(state);
        this.#tables ??= measured.tables;
        return measured;
      }
      return { traces: await this.traces(state), tables: this.#tables };
    });
  }

  /** Delays by weight on the traces of the network that is asked for first: the one that the row starts from. */
  async delays(state: NetworkState): Promise<WeightDelays> {
    this.#delays ??= this.unit.delays(await this.traces(state));
    return this.#delays;
  }

  async switching(state: NetworkState): Promise<NetworkSwitching> {
    const { traces, tables } = await this.measured(state);
    return switchingEnergy(switchedLayers(traces, tables), this.unit.array);
  }

  sensitivities(state: NetworkState): Promise<Map<string, Sensitivity>> {
    return memo(this.#sensitivities, state, async () => {
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

function memo<T>(held: WeakMap<NetworkState, Promise<T>>, state: NetworkState, make: () => Promise<T>): Promise<T> {
  const known = held.get(state) ?? make();
  held.set(state, known);
  return known;
}
