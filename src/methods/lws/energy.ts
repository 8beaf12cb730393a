/**
 * @file Switching energy of a network's multiply-accumulate units from its weights and tables, and what of it was saved. It
 * is not the energy of a chip: registers, memories and clock do not shrink with the weights.
 */

import { fail } from "../../base/errors.ts";
import {
  type IntegerMatrix,
  type LayerShape,
  layerEnergy,
  type SystolicArray,
  type WeightTable,
} from "../../circuits/characterise/index.ts";

/**
 * One layer as matrix products. Grouped convolutions are one product for each group, `outputs` and `inputs` those of a group;
 * depthwise ones hold kh·kw weights in one column at a time, so the array is nearly empty.
 */
export interface SwitchedLayer extends LayerShape {
  readonly name: string;
  /** groups × outputs × inputs. */
  readonly weights: IntegerMatrix;
  /** 1 by default. */
  readonly groups?: number;
  readonly table: WeightTable;
}

/** What figures must have in common to stand in one column: the unit (with its gating), delay model, scale, array. */
export interface EnergyBasis {
  readonly unit: WeightTable["unit"];
  readonly level: WeightTable["origin"]["level"];
  readonly netlist: string | undefined;
  readonly netlistHash: string | undefined;
  readonly scale: string | undefined;
  readonly weightBits: number;
  /** Elements of partial tiles that hold no weight cost nothing; else Ē(0). */
  readonly areIdleGated: boolean;
  readonly array: SystolicArray;
}

export interface LayerSwitching {
  readonly name: string;
  /** Σ_v n(v)·Ē(v)·T over all groups, and what idle elements add, in the table's unit. */
  readonly used: number;
  readonly idle: number;
  readonly total: number;
  /** The same layer with all weights at zero. */
  readonly allZero: number;
  /** ρ: part of the network's total. */
  readonly share: number;
  readonly cycles: number;
  /** Multiply-accumulates per element and cycle. */
  readonly utilisation: number;
}

export interface NetworkSwitching {
  readonly layers: readonly LayerSwitching[];
  readonly total: number;
  readonly allZero: number;
  readonly basis: EnergyBasis;
}

const basisOf = (
  { unit, weightBits, origin }: WeightTable,
  array: SystolicArray,
  areIdleGated: boolean,
): EnergyBasis => ({
  ...{ unit, level: origin.level, netlist: origin.netlist, netlistHash: origin.netlistHash, scale: origin.scale },
  ...{ weightBits, areIdleGated, array },
});

/** @throws FemtoError `lws.mixed` where two figures do not rest on the same unit, gating, delay model, scale and array */
function checkSameBasis(a: EnergyBasis, b: EnergyBasis, where: string): void {
  const differing = (Object.keys(a) as (keyof EnergyBasis)[]).filter(
    (key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]),
  );
  if (differing.length === 0) return;
  const show = (basis: EnergyBasis) => differing.map((key) => `${key} ${JSON.stringify(basis[key])}`).join(", ");
  fail({
    code: "lws.mixed",
    where,
    message: "figures of different units cannot be added or compared",
    expected: show(a),
    got: show(b),
    hint: "gated and ungated units, delay models and arrays each have a column of their own",
  });
}

function switchingOf(layer: SwitchedLayer, array: SystolicArray, areIdleGated: boolean): Omit<LayerSwitching, "share"> {
  const { name, weights, groups = 1, outputs, inputs, steps, table } = layer;
  if (!Number.isInteger(steps) || steps < 2) {
    const [message, expected] = ["one column has no transitions", "T ≥ 2"];
    fail({ code: "lws.steps", where: `layer ${name}`, message, expected, got: `T = ${steps}` });
  }
  // All groups have the same shape, and energy is a sum over weights: they lie below each other as one tall product.
  const size = outputs * inputs;
  if (!Number.isInteger(groups) || groups < 1 || weights.length !== groups * size) {
    fail({
      code: "lws.size",
      where: `layer ${name} › weights`,
      message: "the weights are not as many as the layer has",
      expected: `${groups} × ${outputs} × ${inputs}`,
      got: String(weights.length),
    });
  }
  const most = { used: 0, idle: 0, zero: 0, cycles: 0 };
  const zeros = new Int8Array(size);
  let macs = 0;
  for (let group = 0; group < groups; group++) {
    const own = weights.subarray(group * size, (group + 1) * size) as IntegerMatrix;
    const energy = layerEnergy(own, layer, table, array, { areIdleGated });
    most.used += energy.used;
    most.idle += energy.idle;
    most.zero += layerEnergy(zeros, layer, table, array, { areIdleGated }).total;
    most.cycles += energy.mapping.cycles;
    macs += energy.mapping.macs;
  }
  const { used, idle, zero, cycles } = most;
  const utilisation = macs / (cycles * array.rows * array.columns);
  return { name, used, idle, total: used + idle, allZero: zero, cycles, utilisation };
}

/**
 * Energy of all layers and their shares, for the steps of each (one image, or the columns of the trace).
 * @throws FemtoError `lws.empty`, `lws.size`, `lws.steps`, `lws.mixed`
 */
export function switchingEnergy(
  layers: readonly SwitchedLayer[],
  array: SystolicArray,
  options: { areIdleGated?: boolean } = {},
): NetworkSwitching {
  const { areIdleGated = true } = options;
  const [first] = layers;
  if (first === undefined) {
    return fail({ code: "lws.empty", where: "network", message: "no layers", expected: "at least one" });
  }
  const basis = basisOf(first.table, array, areIdleGated);
  for (const { name, table } of layers) checkSameBasis(basis, basisOf(table, array, areIdleGated), `layer ${name}`);
  const found = layers.map((layer) => switchingOf(layer, array, areIdleGated));
  const sum = (of: (layer: Omit<LayerSwitching, "share">) => number) => found.reduce((all, one) => all + of(one), 0);
  const total = sum((layer) => layer.total);
  return {
    layers: found.map((layer) => ({ ...layer, share: layer.total / total })),
    total,
    allZero: sum((layer) => layer.allZero),
    basis,
  };
}

/** Never the first without the second. */
export interface Saving {
  /** 1 − E/E(baseline). */
  readonly saving: number;
  /** 1 − E(all weights zero)/E(baseline): what no choice of weights exceeds, by the baseline's tables. */
  readonly ceiling: number;
}

/** @throws FemtoError `lws.mixed` */
export function savingOf(baseline: NetworkSwitching, now: NetworkSwitching): Saving {
  checkSameBasis(baseline.basis, now.basis, "saving");
  return { saving: 1 - now.total / baseline.total, ceiling: 1 - baseline.allZero / baseline.total };
}
