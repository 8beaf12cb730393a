/** @file What is told of an outcome: savings beside their ceilings, by layer and weight, on the unit with and without gating. */

import type { SelectionBasis, SelectionMethod, SelectionRow, WeightSelection } from "../weight-selection.ts";
import { type ArrayUnit, switchedLayers, type Tables } from "./array-unit.ts";
import { selectionFigures } from "./figures.ts";
import type { LwsOptions } from "./options.ts";
import type { NetworkTraces } from "./traces.ts";

/** A network as it ran over the traced images. */
export interface Measured {
  readonly traces: NetworkTraces;
  readonly tables: Tables;
}

export const methodOf = ({ strategy, score }: LwsOptions): SelectionMethod =>
  strategy === "lws" && score !== "ratio" ? score : strategy;

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
  return {
    ...{ method: methodOf(options), detail, basis: basisId(unit, options) },
    ...selectionFigures({ before: old, after: now, sets, array: unit.array, images, withHeat }),
  };
}
