/** @file What is told of an outcome: savings beside their ceilings, by layer and weight, on the unit with and without gating. */

import { elementEnergies, type IntegerMatrix, weightHistogram } from "../../circuits/characterise/index.ts";
import type {
  SelectionBasis,
  SelectionLayer,
  SelectionMethod,
  SelectionRow,
  WeightSelection,
} from "../weight-selection.ts";
import { type ArrayUnit, switchedLayers, type Tables } from "./array-unit.ts";
import { type SwitchedLayer, savingOf, switchingEnergy } from "./energy.ts";
import type { LwsOptions } from "./options.ts";
import type { NetworkTraces } from "./traces.ts";

/** A network as it ran over the traced images. */
export interface Measured {
  readonly traces: NetworkTraces;
  readonly tables: Tables;
}

export function methodOf({ strategy, score, schedule }: LwsOptions): SelectionMethod {
  if (strategy !== "lws") return strategy;
  if (score !== "ratio") return score;
  return schedule ? "lws" : "no-schedule";
}

const idOf = (isZeroGated: boolean, netlist: string): string => `${isZeroGated ? "gated" : "ungated"}: ${netlist}`;

/** By which rows on this unit name their basis. */
const basisId = ({ isZeroGated, calibration }: ArrayUnit, { weightTable }: LwsOptions): string =>
  weightTable === undefined
    ? idOf(isZeroGated, calibration.netlist)
    : idOf(weightTable.isZeroGated, `measured, ${weightTable.name}`);

export function basisOf(unit: ArrayUnit, options: LwsOptions, images: number): SelectionBasis {
  const { array, isZeroGated, calibration } = unit;
  const { draws, weightTable } = options;
  if (weightTable !== undefined) {
    const { name } = weightTable;
    const caveats = ["the table is taken as it is; it does not follow the layers' activations"];
    return {
      ...{ id: basisId(unit, options), netlist: name, netlistHash: "none", isZeroGated: weightTable.isZeroGated },
      ...{ areIdleGated: true, delay: "measured", array, stimulus: `whatever ${name} was measured with` },
      scale: { nodeNm: null, source: name, stimulus: "measured", spread: null, caveats },
    };
  }
  const { netlist, netlistHash, delay, node, source, stimulus, spread, caveats } = calibration;
  return {
    ...{ id: basisId(unit, options), netlist, netlistHash, isZeroGated, areIdleGated: true, delay, array },
    scale: { nodeNm: node, source, stimulus, spread, caveats },
    stimulus: `${images} images of each network's own traces, ${draws} transitions a layer, seed 1`,
  };
}

/** Clock pins of a processing element's registers, 6 units each, two changes a cycle in which it works; on every MAC alike. */
export function clockBeside({ array, calibration }: ArrayUnit, { layers }: SelectionRow): WeightSelection["beside"] {
  const flipFlops = array.activationBits + array.weightBits + array.accumulatorBits;
  const macs = layers.reduce((sum, { groups, outputs, inputs, steps }) => sum + groups * outputs * inputs * steps, 0);
  const pJ = 6 * 2 * flipFlops * macs * calibration.picojoulesPerUnit;
  const source = "6 units a pin and two changes a cycle, on the constant of the netlist; pipeline registers alone";
  return [{ name: `clock of ${flipFlops} registers an element`, pJ, source }];
}

/** Four digits are more than the model is good for. */
const rounded = (value: number): number => Number(value.toPrecision(4));

const zerosOf = (layers: readonly SwitchedLayer[]): number => {
  const count = layers.reduce((sum, { weights }) => sum + weights.length, 0);
  const zeros = layers.reduce((sum, { weights }) => sum + (weights as Int16Array).filter((w) => w === 0).length, 0);
  return zeros / count;
};

/** Groups lie below each other: one after the other on the same elements. */
function heatOf(layer: SwitchedLayer, unit: ArrayUnit, images: number): number[] {
  const { weights, groups = 1, outputs, inputs, steps, table } = layer;
  const size = outputs * inputs;
  const sum = new Float64Array(unit.array.rows * unit.array.columns);
  for (let group = 0; group < groups; group++) {
    const own = weights.subarray(group * size, (group + 1) * size) as IntegerMatrix;
    const energies = elementEnergies(own, { outputs, inputs, steps }, table, unit.array);
    for (const [at, energy] of energies.entries()) sum[at]! += energy;
  }
  return Array.from(sum, (energy) => rounded(energy / images));
}

export interface RowRequest {
  readonly unit: ArrayUnit;
  readonly before: Measured;
  readonly after: Measured;
  readonly sets: (layer: string) => readonly number[] | undefined;
  readonly detail: string;
  readonly options: LwsOptions;
  /** Images that were traced. */
  readonly images: number;
  readonly withHeat: boolean;
}

/** One row on one unit; energies are those of one inference. */
export function rowOf({ unit, before, after, sets, detail, options, images, withHeat }: RowRequest): SelectionRow {
  const [old, now] = [switchedLayers(before.traces, before.tables), switchedLayers(after.traces, after.tables)];
  const [oldEnergy, newEnergy] = [switchingEnergy(old, unit.array), switchingEnergy(now, unit.array)];
  const stale = switchingEnergy(switchedLayers(after.traces, before.tables), unit.array);
  const { saving, ceiling } = savingOf(oldEnergy, newEnergy);
  const { weightBits } = unit.array;
  const layers = now.map((layer, i): SelectionLayer => {
    const { name, groups = 1, outputs, inputs, steps, table } = layer;
    const [a, b] = [oldEnergy.layers[i]!, newEnergy.layers[i]!];
    const counts = ({ weights }: SwitchedLayer) => Array.from(weightHistogram(weights, weightBits));
    return {
      ...{ name, groups, outputs, inputs, steps: steps / images },
      weightFj: Array.from(table.energies, (energy) => rounded(1000 * energy)),
      set: sets(name) ?? null,
      histogram: { before: counts(old[i]!), after: counts(layer) },
      pJ: { before: a.total / images, after: b.total / images, allZero: a.allZero / images },
      share: { before: a.share, after: b.share },
      heat: withHeat ? { before: heatOf(old[i]!, unit, images), after: heatOf(layer, unit, images) } : null,
    };
  });
  return {
    ...{
      method: methodOf(options),
      detail,
      basis: basisId(unit, options),
      saving,
      ceiling,
      layers,
    },
    savingByOldTables: savingOf(oldEnergy, stale).saving,
    zeros: { before: zerosOf(old), after: zerosOf(now) },
  };
}
