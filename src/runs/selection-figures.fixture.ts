/**
 * @file What a report says of restricted weights, computed for tests from the layers of a network before and after: energies in
 * picojoules, histograms, shares, and where on the array they lie.
 */

import { fail } from "../base/errors.ts";
import { elementEnergies, type IntegerMatrix, weightHistogram } from "../circuits/characterise/index.ts";
import type { Calibration } from "../circuits/gates/index.ts";
import { type NetworkSwitching, type SwitchedLayer, savingOf, switchingEnergy } from "../methods/index.ts";
import type { SelectionBasis, SelectionLayer } from "../reports/index.ts";

/** Figures of six digits are kept: the tables behind them are off by a percent, and 4 096 elements a layer add up. */
const short = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => (Number.isInteger(value) ? value : Number(value.toPrecision(6))));

/** What rows of one unit, delay model, scale and array have in common. */
export function selectionBasis(
  id: string,
  { basis }: NetworkSwitching,
  calibration: Calibration,
  options: { isZeroGated: boolean; stimulus: string },
): SelectionBasis {
  const { node, source, stimulus, spread, caveats } = calibration;
  if (basis.unit !== "pJ" || basis.netlistHash !== calibration.netlistHash || basis.level !== calibration.delay) {
    fail({
      code: "selection.basis",
      where: `basis ${id}`,
      message: "the energies were not scaled by this constant",
      expected: `pJ, netlist ${calibration.netlistHash}, ${calibration.delay} delay`,
      got: `${basis.unit}, netlist ${basis.netlistHash ?? "none"}, ${basis.level}`,
    });
  }
  return {
    id,
    netlist: calibration.netlist,
    netlistHash: calibration.netlistHash,
    isZeroGated: options.isZeroGated,
    areIdleGated: basis.areIdleGated,
    delay: calibration.delay,
    array: { ...basis.array },
    scale: { nodeNm: node, source, stimulus, spread, caveats: [...caveats] },
    stimulus: options.stimulus,
  };
}

export interface SelectionInput {
  /** The network before, with tables of its own traces. */
  readonly baseline: readonly SwitchedLayer[];
  /** The same layers after, with tables of their own traces. */
  readonly now: readonly SwitchedLayer[];
  /** The values that a layer may have; without an entry, all. */
  readonly sets: ReadonlyMap<string, readonly number[]>;
  readonly basis: SelectionBasis;
  /** Inferences that the layers' steps belong to: figures are for one. */
  readonly images: number;
  /** Also the energy of every element of the array. */
  readonly withHeat: boolean;
}

export interface SelectionFigures {
  readonly saving: number;
  readonly ceiling: number;
  readonly savingByOldTables: number;
  readonly zeros: { readonly before: number; readonly after: number };
  readonly layers: SelectionLayer[];
}

/**
 * The figures of one row.
 * @throws FemtoError `selection.layers` where the networks have other layers; `lws.*` as `switchingEnergy`
 */
export function selectionFigures({ baseline, now, sets, basis, images, withHeat }: SelectionInput): SelectionFigures {
  const names = (layers: readonly SwitchedLayer[]) => layers.map(({ name }) => name).join(", ");
  if (names(baseline) !== names(now)) {
    const [message, expected, got] = ["the networks have different layers", names(baseline), names(now)];
    fail({ code: "selection.layers", where: "row", message, expected, got });
  }
  const { array, areIdleGated } = basis;
  const before = switchingEnergy(baseline, array, { areIdleGated });
  const after = switchingEnergy(now, array, { areIdleGated });
  const old = switchingEnergy(
    now.map((layer, i) => ({ ...layer, table: baseline[i]!.table })),
    array,
    { areIdleGated },
  );
  const heatOf = (layer: SwitchedLayer) => short(heat(layer, basis).map((energy) => energy / images));
  const layers = now.map((layer, i): SelectionLayer => {
    const { name, groups = 1, outputs, inputs, steps, table } = layer;
    const [was, is] = [before.layers[i]!, after.layers[i]!];
    return {
      ...{ name, groups, outputs, inputs, steps: steps / images },
      weightFj: short(table.energies.map((energy) => 1000 * energy)),
      set: sets.get(name)?.toSorted((a, b) => a - b) ?? null,
      histogram: {
        before: Array.from(weightHistogram(baseline[i]!.weights, table.weightBits)),
        after: Array.from(weightHistogram(layer.weights, table.weightBits)),
      },
      pJ: { before: was.total / images, after: is.total / images, allZero: was.allZero / images },
      share: { before: was.share, after: is.share },
      heat: withHeat ? { before: heatOf(baseline[i]!), after: heatOf(layer) } : null,
    };
  });
  return {
    ...savingOf(before, after),
    savingByOldTables: savingOf(before, old).saving,
    zeros: { before: zeroShare(baseline), after: zeroShare(now) },
    layers,
  };
}

/** Groups of a grouped layer pass through the array one after the other. */
function heat(layer: SwitchedLayer, { array, areIdleGated }: SelectionBasis): Float64Array {
  const { weights, groups = 1, outputs, inputs, table } = layer;
  const sum = new Float64Array(array.rows * array.columns);
  for (let group = 0; group < groups; group++) {
    const own = weights.subarray(group * outputs * inputs, (group + 1) * outputs * inputs) as IntegerMatrix;
    elementEnergies(own, layer, table, array, { areIdleGated }).forEach((energy, i) => {
      sum[i]! += energy;
    });
  }
  return sum;
}

function zeroShare(layers: readonly SwitchedLayer[]): number {
  const all = layers.reduce((sum, { weights }) => sum + weights.length, 0);
  const zeros = layers.reduce((sum, { weights }) => sum + weights.filter((weight: number) => weight === 0).length, 0);
  return zeros / all;
}
