/**
 * @file What LWS is held against: PowerPruning's one set for the whole network (Petri et al., DAC 2023, arXiv 2303.13997; its
 * step on timing and voltage is in `timing.ts`), and pruning by magnitude.
 */

import { fail } from "../../base/errors.ts";
import {
  energyAt,
  type IntegerMatrix,
  type LayerShape,
  largestWeight,
  type WeightTable,
} from "../../circuits/characterise/index.ts";
import { checkValueSet } from "./value-set.ts";

/**
 * One table for all layers: the mean of theirs, each by its number of multiply-accumulates [reconstructed].
 * @throws FemtoError `lws.tables` for no tables, or tables of different units or widths
 */
export function globalTable(
  layers: readonly (LayerShape & { readonly table: WeightTable; readonly groups?: number })[],
): WeightTable {
  const first = layers[0]?.table;
  const isOdd = ({ table }: { table: WeightTable }) =>
    table.unit !== first!.unit ||
    table.weightBits !== first!.weightBits ||
    table.origin.level !== first!.origin.level ||
    table.origin.netlistHash !== first!.origin.netlistHash;
  if (first === undefined || layers.some(isOdd)) {
    return fail({
      code: "lws.tables",
      where: "tables",
      message: "no common mean",
      expected: "tables of one unit, width, netlist and delay model",
      got: first === undefined ? "no tables" : "different ones",
    });
  }
  const energies = new Float64Array(first.energies.length);
  let all = 0;
  for (const { table, groups = 1, outputs, inputs, steps } of layers) {
    const macs = groups * outputs * inputs * steps;
    all += macs;
    for (let at = 0; at < energies.length; at++) energies[at]! += macs * table.energies[at]!;
  }
  const stimulus = `mean over ${layers.length} layers, by multiply-accumulates`;
  return { ...first, energies: energies.map((energy) => energy / all), origin: { ...first.origin, stimulus } };
}

/**
 * The cheapest values, and 0: as many as `size` says, or all up to a `threshold` in the table's unit. Of equally cheap ones
 * those nearer to zero come first.
 * @param isInTime which values settle early enough: the others are left out, whatever they cost
 * @throws FemtoError `lws.set-size` for a size that is none, `lws.set` where fewer than three values are left
 */
export function powerPruningSet(
  table: WeightTable,
  limit: { size: number } | { threshold: number },
  isInTime: (value: number) => boolean = () => true,
): number[] {
  const most = largestWeight(table.weightBits);
  const others = Array.from({ length: 2 * most + 1 }, (_, i) => i - most)
    .filter((value) => value !== 0 && isInTime(value))
    .sort((a, b) => energyAt(table, a) - energyAt(table, b) || Math.abs(a) - Math.abs(b) || b - a);
  if ("threshold" in limit) {
    const cheap = others.filter((value) => energyAt(table, value) <= limit.threshold);
    return checkValueSet([0, ...cheap], table.weightBits, `threshold ${limit.threshold}`);
  }
  const { size } = limit;
  if (!Number.isInteger(size) || size < 1 || size > 2 * most + 1) {
    const expected = `an integer from 3 to ${2 * most + 1}`;
    fail({ code: "lws.set-size", where: "set", message: "not a size of a set", expected, got: String(size) });
  }
  return checkValueSet([0, ...others.slice(0, size - 1)], table.weightBits);
}

/**
 * The weights with the smallest |w|·s set to zero until `share` of all are zero (rounded to whole weights; those that are zero
 * already count). Of equal ones the earlier go first. The type of the array stays.
 * @param scales one, or one for each output
 * @throws FemtoError `lws.share`, `lws.scale`
 */
export function pruneByMagnitude<T extends IntegerMatrix>(weights: T, scales: ArrayLike<number>, share: number): T {
  if (!(share >= 0 && share <= 1)) {
    const [message, expected] = ["not a share of the weights", "0 … 1"];
    fail({ code: "lws.share", where: "pruning", message, expected, got: String(share) });
  }
  if (scales.length === 0 || weights.length % scales.length !== 0 || Array.from(scales).some((scale) => !(scale > 0))) {
    const expected = "positive numbers, one or one for each output";
    const got = `${scales.length} for ${weights.length} weights`;
    fail({ code: "lws.scale", where: "pruning", message: "scales do not fit the weights", expected, got });
  }
  const perScale = weights.length / scales.length;
  const sizes = Float64Array.from(weights, (weight, i) => Math.abs(weight) * scales[Math.floor(i / perScale)]!);
  const pruned = weights.slice() as T;
  const order = Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
  for (const i of order.slice(0, Math.round(share * weights.length))) pruned[i] = 0;
  return pruned;
}
