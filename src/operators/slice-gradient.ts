/**
 * @file ∂L/∂x of Slice: dy padded with zeros where consecutive elements were taken, dy added at the taken positions
 * where steps jump or the bounds are only known at run time.
 */

import { fail } from "../base/errors.ts";
import { scalar } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { intsOf, span } from "./contents.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { addAlong } from "./gather-gradient.ts";
import { axisIndex } from "./shapes.ts";
import { cutOf } from "./slicing.ts";

/** One element of a vector value, as a vector. */
function element(g: Emit, vector: Value, i: number): Value {
  const known = intsOf(vector)?.[i];
  return known === undefined ? g.op("Slice", [vector, g.ints([i]), g.ints([i + 1])]) : g.ints([known]);
}

/** The size of one axis as a vector of one element. */
function lengthOf(g: Emit, x: Value, axis: number): Value {
  const dim = dimsOf(x)[axis]!;
  return typeof dim === "number" ? g.ints([dim]) : g.op("Shape", [x], { start: axis, end: axis + 1 });
}

/** The positions that a slice of one axis takes: the numbers 0 … length − 1, sliced in the same way. */
function positions(g: Emit, x: Value, axis: number, bounds: readonly (Value | undefined)[], i: number): Value {
  const [starts, ends, steps] = bounds.map((bound) => bound && element(g, bound, i));
  const size = g.op("Squeeze", [lengthOf(g, x, axis), g.ints([0])]);
  const all = g.op("Range", [g.constant(scalar("int64", 0)), size, g.constant(scalar("int64", 1))]);
  return g.op("Slice", [all, starts, ends, g.ints([0]), steps]);
}

/** Zeros before and behind, where a slice without steps says how many; `undefined` where only the run tells. */
function margins(
  g: Emit,
  x: Value,
  dy: Value,
  axis: number,
  start?: number,
  end?: number,
): (number | Value)[] | undefined {
  const length = dimsOf(x)[axis]!;
  if (start === undefined) return undefined;
  if (typeof length === "number" && end !== undefined) {
    const cut = cutOf(length, start, end, 1);
    return [cut.start, length - cut.start - cut.size];
  }
  if (start < 0) return undefined;
  const rest = g.sub(lengthOf(g, x, axis), lengthOf(g, dy, axis));
  return [start, start === 0 ? rest : g.sub(rest, g.ints([start]))];
}

export function sliceGradient(
  g: Emit,
  [x, starts, ends, named, steps]: readonly Value[],
  [dy]: readonly Value[],
): (Value | undefined)[] {
  const rank = rankOf(x!);
  const axes = named === undefined ? span(dimsOf(starts!)[0] as number) : intsOf(named);
  if (axes === undefined) {
    fail({ code: "gradient.dynamic", where: "input axes", message: "must be known before the graph runs" });
  }
  let dx = dy!;
  const pads: (number | Value)[] = new Array(2 * rank).fill(0);
  for (const [i, axis] of axes.map((axis) => axisIndex(axis, rank)).entries()) {
    const isDense = steps === undefined || intsOf(steps)?.[i] === 1;
    const margin = isDense ? margins(g, x!, dy!, axis, intsOf(starts)?.[i], intsOf(ends)?.[i]) : undefined;
    if (margin === undefined) dx = addAlong(g, dx, axis, positions(g, x!, axis, [starts, ends, steps], i), x!);
    else [pads[axis], pads[axis + rank]] = margin as [number | Value, number | Value];
  }
  if (pads.every((pad) => pad === 0)) return [dx];
  if (pads.every((pad) => typeof pad === "number")) return [g.op("Pad", [dx, g.ints(pads)])];
  const parts = pads.map((pad) => (typeof pad === "number" ? g.ints([pad]) : pad));
  return [g.reshapeLike(g.op("Pad", [dx, g.op("Concat", parts, { axis: 0 })]), x!)];
}
