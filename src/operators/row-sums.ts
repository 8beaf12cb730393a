/**
 * @file The adjoint of taking rows of [features, samples] by an index that is known beforehand: every feature collects
 * the rows that were taken from it. A Gather by the inverse index and a sum over the places of each feature do it with
 * whole rows: 1.1 ms for 12 000 rows of 100 onto 2000, where ScatterElements needs 12 ms (bench/lut-lowerings.ts).
 */

import type { Value } from "../graph/value.ts";
import { dtypeOf, type Emit } from "./emit.ts";
import { addAlong } from "./gather-gradient.ts";

/** The inverse is padded to the most-used feature: more than so many times the rows, and it is not worth it. */
const PADDING_LIMIT = 3;

/** For each feature the rows taken from it, filled up with `rows.length` to the greatest number of them. */
export function inverseRows(rows: readonly number[], features: number): { places: number[]; most: number } {
  const taken = Array.from({ length: features }, (): number[] => []);
  for (const [row, feature] of rows.entries()) taken[feature]!.push(row);
  const most = Math.max(1, ...taken.map((places) => places.length));
  const places = taken.flatMap((own) => [...own, ...new Array<number>(most - own.length).fill(rows.length)]);
  return { places, most };
}

/**
 * Adds rows into [features, samples].
 * @param taken the index by which the rows were taken, as a value
 * @param known the same where it is known beforehand
 */
export function addRows(
  g: Emit,
  rows: Value,
  taken: Value,
  known: readonly number[] | undefined,
  features: number,
): Value {
  const inverse = known && inverseRows(known, features);
  if (inverse === undefined || inverse.places.length > PADDING_LIMIT * known!.length) {
    const like = g.op("Expand", [
      g.scalar(rows, 0),
      g.op("Concat", [g.ints([features]), samplesOf(g, rows)], { axis: 0 }),
    ]);
    return addAlong(g, rows, 0, taken, like);
  }
  const { places, most } = inverse;
  const needsZero = places.includes(known!.length);
  // A row of zeros stands for "no more".
  const zero = g.op("Expand", [
    g.scalar(dtypeOf(rows), 0),
    g.op("Concat", [g.ints([1]), samplesOf(g, rows)], { axis: 0 }),
  ]);
  const padded = needsZero ? g.op("Concat", [rows, zero], { axis: 0 }) : rows;
  const index = g.ints(places);
  if (most === 1) return g.op("Gather", [padded, index], { axis: 0 });
  const side = g.op("Gather", [padded, g.reshape(index, [features, most])], { axis: 0 });
  return g.sum(side, [1]);
}

const samplesOf = (g: Emit, rows: Value): Value => g.op("Shape", [rows], { start: 1, end: 2 });
