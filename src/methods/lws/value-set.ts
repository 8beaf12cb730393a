/** @file The values that the weights of a layer may take, and the projection π_S onto them. Sets are on integers, below the scale. */

import { fail } from "../../base/errors.ts";
import { energyAt, type IntegerMatrix, largestWeight, type WeightTable } from "../../circuits/characterise/index.ts";

/** Fewer values than these cannot hold a sign besides zero. */
export const SMALLEST_SET = 3;

/**
 * The set in ascending order.
 * @throws FemtoError `lws.set` for values that are no weights or occur twice, sets without 0 and sets of fewer than three
 */
export function checkValueSet(values: readonly number[], weightBits: number, where = "set"): number[] {
  const most = largestWeight(weightBits);
  const refuse = (message: string, expected: string, got: string): never =>
    fail({ code: "lws.set", where, message, expected, got });
  const wrong = values.find((value) => !Number.isInteger(value) || Math.abs(value) > most);
  if (wrong !== undefined) refuse("not a weight", `integers from ${-most} to ${most}`, String(wrong));
  const sorted = values.toSorted((a, b) => a - b);
  const twice = sorted.find((value, i) => value === sorted[i + 1]);
  if (twice !== undefined) refuse("a value occurs twice", "distinct values", String(twice));
  if (!sorted.includes(0)) refuse("zero is missing", "0 among the values", sorted.join(", ") || "no values");
  if (sorted.length < SMALLEST_SET) refuse("too few values", `at least ${SMALLEST_SET}`, sorted.join(", "));
  return sorted;
}

/** The nearer of two values; of two equally near ones the cheaper, then the one nearer to zero. */
export function nearer(weight: number, a: number, b: number, table: WeightTable): number {
  const further = Math.abs(weight - a) - Math.abs(weight - b);
  if (further !== 0) return further < 0 ? a : b;
  const dearer = energyAt(table, a) - energyAt(table, b);
  if (dearer !== 0) return dearer < 0 ? a : b;
  return Math.abs(a) <= Math.abs(b) ? a : b;
}

/**
 * π_S for every weight of the table's width, at index w + 2^(bits − 1). Idempotent: members are their own nearest member.
 * @throws FemtoError `lws.set`
 */
export function projection(values: readonly number[], table: WeightTable): Int16Array {
  const sorted = checkValueSet(values, table.weightBits);
  const half = 2 ** (table.weightBits - 1);
  let at = 0;
  return Int16Array.from({ length: 2 * half }, (_, index) => {
    const weight = index - half;
    while (at + 1 < sorted.length && sorted[at + 1]! <= weight) at++;
    const next = sorted[at + 1];
    return next === undefined ? sorted[at]! : nearer(weight, sorted[at]!, next, table);
  });
}

/**
 * The weights, each replaced by its nearest member; the type of the array stays.
 * @throws FemtoError `lws.set`
 */
export function projectWeights<T extends IntegerMatrix>(weights: T, values: readonly number[], table: WeightTable): T {
  const nearest = projection(values, table);
  const half = 2 ** (table.weightBits - 1);
  return weights.map((weight: number) => nearest[weight + half]!) as T;
}
