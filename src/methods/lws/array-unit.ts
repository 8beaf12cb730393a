/** @file The multiply-accumulate unit of the array: its netlist, its constant, and what each weight costs in each layer. */

import {
  Characteriser,
  collectStatistics,
  type Draws,
  drawTransitions,
  inPicojoules,
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
import type { LwsOptions } from "./options.ts";
import type { NetworkTraces } from "./traces.ts";

export const arrayOf = ({ rows, columns, activationBits, accumulatorBits: given }: LwsOptions): SystolicArray => {
  const weightBits = 8;
  // A column of products: 8 + 8 + log2 64 = 22.
  const accumulatorBits = given ?? activationBits + weightBits + Math.ceil(Math.log2(rows));
  return { rows, columns, activationBits, weightBits, accumulatorBits };
};

/** Transitions of a layer that are timed gate by gate: 3 s of one core for all weights. */
const MOST_TIMED = 256;

export type Tables = ReadonlyMap<string, WeightTable>;

export class ArrayUnit {
  readonly array: SystolicArray;
  readonly isZeroGated: boolean;
  readonly calibration: Calibration;
  readonly #netlist: Netlist;
  readonly #characteriser: Characteriser;
  readonly #options: LwsOptions;

  private constructor(parts: {
    array: SystolicArray;
    isZeroGated: boolean;
    calibration: Calibration;
    netlist: Netlist;
    characteriser: Characteriser;
    options: LwsOptions;
  }) {
    this.array = parts.array;
    this.isZeroGated = parts.isZeroGated;
    this.calibration = parts.calibration;
    this.#netlist = parts.netlist;
    this.#characteriser = parts.characteriser;
    this.#options = parts.options;
  }

  /** Builds and compiles the unit; no synthesis. @throws FemtoError `mac.width` */
  static async compile(options: LwsOptions, isZeroGated = options.zeroGating): Promise<ArrayUnit> {
    const array = arrayOf(options);
    const { multiplier, fused, delay, published } = options;
    const { activationBits, weightBits, accumulatorBits } = array;
    const widths = { activationBits, weightBits, accumulatorBits };
    const netlist = buildMac({ multiplier, isFused: fused, isZeroGated, ...widths });
    const characteriser = await Characteriser.compile(netlist, delay);
    const calibration = await calibrate(netlist, { delay, published });
    return new ArrayUnit({ array, isZeroGated, calibration, netlist, characteriser, options });
  }

  /** What the layer's elements switch over all columns, in relative units: the truth that tables stand for. */
  exact(trace: LayerTrace): number {
    return this.#characteriser.exact(trace, this.array).total;
  }

  /**
   * How late the unit comes to rest with each weight, the latest of all layers: on the draws that tables are made with (from below),
   * and by the netlist (from above).
   * @param values those that are asked for; all, unless given
   */
  delays({ layers }: NetworkTraces, values?: readonly number[]): WeightDelays {
    const count = Math.min(MOST_TIMED, this.#options.draws);
    const each = layers.map((layer) => weightDelays(this.#netlist, this.#draws(layer, count), values));
    const [first] = each as [WeightDelays];
    const longest = first.longest.map((_, at) => Math.max(...each.map((one) => one.longest[at]!)));
    const stimulus = `${count} transitions of each of ${layers.length} layers, seed 1`;
    return { ...first, longest, stimulus };
  }

  #draws({ name, groups }: NetworkTraces["layers"][number], count = this.#options.draws): Draws {
    const { tracedOutputs: mostOutputs } = this.#options;
    const statistics = groups.map((trace) => collectStatistics(trace, this.array, { mostOutputs }));
    return drawTransitions(mergeStatistics(statistics, name), { count });
  }

  /** Ē(w) in picojoules of every layer that has a trace, on the same draws for all weights. */
  tables({ layers }: NetworkTraces): Tables {
    const { weightTable } = this.#options;
    if (weightTable !== undefined) return new Map(layers.map(({ name }) => [name, measuredTable(weightTable)]));
    return new Map(
      layers.map((layer) => {
        const table = this.#characteriser.table(this.#draws(layer));
        return [layer.name, inPicojoules(table, this.calibration)] as const;
      }),
    );
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
