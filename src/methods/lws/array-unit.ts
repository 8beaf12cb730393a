/** @file The multiply-accumulate unit of the array: its netlist, its constant, and what each weight costs in each layer. */

import {
  Characteriser,
  collectStatistics,
  type Draws,
  drawTransitions,
  inPicojoules,
  joinDraws,
  type LayerTrace,
  mergeStatistics,
  type SystolicArray,
  type WeightDelays,
  type WeightTable,
  weightDelays,
} from "../../circuits/characterise/index.ts";
import { type Calibration, calibrate } from "../../circuits/gates/index.ts";
import { buildMac, type Netlist } from "../../circuits/netlist/index.ts";
import type { SwitchedLayer } from "./energy.ts";
import { type LwsOptions, sumBits, WEIGHT_BITS } from "./options.ts";
import type { LayerTraces, NetworkTraces } from "./traces.ts";

export const arrayOf = (options: LwsOptions): SystolicArray => {
  const { rows, columns, activationBits, accumulatorBits = sumBits(options) } = options;
  return { rows, columns, activationBits, weightBits: WEIGHT_BITS, accumulatorBits };
};

/** Transitions that are timed gate by gate, all layers together: 15 s of one core for all weights, however deep the network. */
const MOST_TIMED = 1280;
const MOST_TIMED_OF_A_LAYER = 256;

type DrawsByLayer = WeakMap<LayerTraces, Draws>;

export type Tables = ReadonlyMap<string, WeightTable>;

export class ArrayUnit {
  readonly array: SystolicArray;
  readonly isZeroGated: boolean;
  readonly calibration: Calibration;
  readonly #netlist: Netlist;
  readonly #characteriser: Characteriser;
  readonly #options: LwsOptions;
  /** Draws depend on traces and array alone, so the unit with the other gating has the same. */
  readonly #draws: DrawsByLayer;
  readonly #tables = new WeakMap<LayerTraces, WeightTable>();
  readonly #delays = new WeakMap<NetworkTraces, WeightDelays>();

  private constructor(parts: {
    array: SystolicArray;
    isZeroGated: boolean;
    calibration: Calibration;
    netlist: Netlist;
    characteriser: Characteriser;
    options: LwsOptions;
    draws: DrawsByLayer;
  }) {
    this.array = parts.array;
    this.isZeroGated = parts.isZeroGated;
    this.calibration = parts.calibration;
    this.#netlist = parts.netlist;
    this.#characteriser = parts.characteriser;
    this.#options = parts.options;
    this.#draws = parts.draws;
  }

  /** Builds and compiles the unit; no synthesis. @throws FemtoError `mac.width` */
  static compile(options: LwsOptions): Promise<ArrayUnit> {
    return ArrayUnit.#compile(options, options.zeroGating, new WeakMap());
  }

  /** The same unit with zero-gating where this one has none, and the other way round. */
  regated(): Promise<ArrayUnit> {
    return ArrayUnit.#compile(this.#options, !this.isZeroGated, this.#draws);
  }

  static async #compile(options: LwsOptions, isZeroGated: boolean, draws: DrawsByLayer): Promise<ArrayUnit> {
    const array = arrayOf(options);
    const { multiplier, fused, delay, published } = options;
    const { activationBits, weightBits, accumulatorBits } = array;
    const widths = { activationBits, weightBits, accumulatorBits };
    const netlist = buildMac({ multiplier, isFused: fused, isZeroGated, ...widths });
    const characteriser = await Characteriser.compile(netlist, delay);
    const calibration = await calibrate(netlist, { delay, published });
    return new ArrayUnit({ array, isZeroGated, calibration, netlist, characteriser, options, draws });
  }

  /** What the layer's elements switch over all columns, in relative units: the truth that tables stand for. */
  exact(trace: LayerTrace): number {
    return this.#characteriser.exact(trace, this.array).total;
  }

  /**
   * How late the unit comes to rest with each weight, the latest of all layers: on the first of the draws that tables are made
   * with (from below), and by the netlist (from above). Of all weights it is found once for the same traces.
   * @param values those that are asked for; all, unless given
   */
  delays(traces: NetworkTraces, values?: readonly number[]): WeightDelays {
    const known = values === undefined ? this.#delays.get(traces) : undefined;
    if (known !== undefined) return known;
    const { layers } = traces;
    const share = Math.max(1, Math.floor(MOST_TIMED / layers.length));
    const count = Math.min(share, MOST_TIMED_OF_A_LAYER, this.#options.draws);
    const stimulus = `${count} transitions of each of ${layers.length} layers, seed 1`;
    const draws = layers.map((layer) => this.#draw(layer, count));
    const found = weightDelays(this.#netlist, joinDraws(draws, stimulus), values);
    if (values === undefined) this.#delays.set(traces, found);
    return found;
  }

  #draw({ name, groups }: LayerTraces, count: number): Draws {
    const { tracedOutputs: mostOutputs } = this.#options;
    const statistics = groups.map((trace) => collectStatistics(trace, this.array, { mostOutputs }));
    return drawTransitions(mergeStatistics(statistics, name), { count });
  }

  /** Ē(w) in picojoules of one layer, on the same draws for all weights. */
  table(layer: LayerTraces): WeightTable {
    const known = this.#tables.get(layer);
    if (known !== undefined) return known;
    const { weightTable, draws: count } = this.#options;
    if (weightTable !== undefined) return measuredTable(weightTable);
    const draws = this.#draws.get(layer) ?? this.#draw(layer, count);
    this.#draws.set(layer, draws);
    const table = inPicojoules(this.#characteriser.table(draws), this.calibration);
    this.#tables.set(layer, table);
    return table;
  }

  /** {@link table} of every layer that has a trace. */
  tables({ layers }: NetworkTraces): Tables {
    return new Map(layers.map((layer) => [layer.name, this.table(layer)]));
  }
}

/** What somebody measured, in every layer alike. */
function measuredTable({ name, energies }: NonNullable<LwsOptions["weightTable"]>): WeightTable {
  const origin = { level: "measured", stimulus: `read from ${name}` } as const;
  return { weightBits: 8, energies: Float64Array.from(energies), unit: "pJ", origin };
}

/** The layers of traces with their weights, priced by the given tables. */
export function switchedLayers({ layers }: NetworkTraces, tables: Tables): SwitchedLayer[] {
  return layers.map(({ name, groups }) => {
    const { outputs, inputs, steps } = groups[0]!;
    const weights = new Int16Array(groups.length * outputs * inputs);
    for (const [i, trace] of groups.entries()) weights.set(trace.weights, i * outputs * inputs);
    return { name, weights, groups: groups.length, outputs, inputs, steps, table: tables.get(name)! };
  });
}
