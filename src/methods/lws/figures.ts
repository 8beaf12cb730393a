/** @file The figures of a row: what its layers switched before and after, by weight, by layer and by element of the array. */

import {
  elementEnergies,
  type IntegerMatrix,
  type SystolicArray,
  weightHistogram,
} from "../../circuits/characterise/index.ts";
import type { SelectionLayer, SelectionRow } from "../weight-selection.ts";
import { type SwitchedLayer, savingOf, switchingEnergy } from "./energy.ts";

/** Four digits are more than the model is good for. */
const rounded = (value: number): number => Number(value.toPrecision(4));

function zerosOf(layers: readonly SwitchedLayer[]): number {
  const count = layers.reduce((sum, { weights }) => sum + weights.length, 0);
  const zeros = layers.reduce((sum, { weights }) => sum + weights.filter((w: number) => w === 0).length, 0);
  return zeros / count;
}

/** Groups lie below each other: one after the other on the same elements. */
function heatOf(layer: SwitchedLayer, array: SystolicArray, images: number): number[] {
  const { weights, groups = 1, outputs, inputs, steps, table } = layer;
  const size = outputs * inputs;
  const sum = new Float64Array(array.rows * array.columns);
  for (let group = 0; group < groups; group++) {
    const own = weights.subarray(group * size, (group + 1) * size) as IntegerMatrix;
    const energies = elementEnergies(own, { outputs, inputs, steps }, table, array);
    for (const [at, energy] of energies.entries()) sum[at]! += energy;
  }
  return Array.from(sum, (energy) => rounded(energy / images));
}

export interface FiguresRequest {
  /** The network before, with tables of its own traces. */
  readonly before: readonly SwitchedLayer[];
  /** The same layers after, with tables of their own traces. */
  readonly after: readonly SwitchedLayer[];
  /** The values that a layer may have; undefined: all. */
  readonly sets: (layer: string) => readonly number[] | undefined;
  readonly array: SystolicArray;
  /** Inferences that the layers' steps belong to: figures are for one. */
  readonly images: number;
  /** Also the energy of every element of the array. */
  readonly withHeat: boolean;
}

/** @throws FemtoError those of `switchingEnergy`, `savingOf` */
export function selectionFigures({
  before,
  after,
  sets,
  array,
  images,
  withHeat,
}: FiguresRequest): Pick<SelectionRow, "saving" | "ceiling" | "savingByOldTables" | "zeros" | "layers"> {
  const [old, now] = [switchingEnergy(before, array), switchingEnergy(after, array)];
  const byOldTables = after.map((layer, i) => ({ ...layer, table: before[i]!.table }));
  const layers = after.map((layer, i): SelectionLayer => {
    const { name, groups = 1, outputs, inputs, steps, table } = layer;
    const [was, is] = [old.layers[i]!, now.layers[i]!];
    const counts = ({ weights }: SwitchedLayer) => Array.from(weightHistogram(weights, table.weightBits));
    return {
      ...{ name, groups, outputs, inputs, steps: steps / images },
      weightFj: Array.from(table.energies, (energy) => rounded(1000 * energy)),
      set: sets(name) ?? null,
      histogram: { before: counts(before[i]!), after: counts(layer) },
      pJ: { before: was.total / images, after: is.total / images, allZero: was.allZero / images },
      share: { before: was.share, after: is.share },
      heat: withHeat ? { before: heatOf(before[i]!, array, images), after: heatOf(layer, array, images) } : null,
    };
  });
  return {
    ...savingOf(old, now),
    savingByOldTables: savingOf(old, switchingEnergy(byOldTables, array)).saving,
    zeros: { before: zerosOf(before), after: zerosOf(after) },
    layers,
  };
}
