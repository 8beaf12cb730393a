/** @file Lanes: the lines of a tensor along one axis, for operators that look at one line at a time (softmax, hardmax …). */

import { sizeOf, stridesOf } from "../base/tensor.ts";

/** Lines along an axis: `starts` holds the flat index of each line's first element. */
export interface Lanes {
  readonly starts: Int32Array;
  /** Elements of a line, and the distance between neighbours. */
  readonly length: number;
  readonly step: number;
}

export function lanesOf(dims: readonly number[], axis: number): Lanes {
  const length = dims[axis] ?? 1;
  const step = stridesOf(dims)[axis] ?? 1;
  const count = length === 0 ? 0 : sizeOf(dims) / length;
  const starts = Int32Array.from({ length: count }, (_, i) => Math.floor(i / step) * step * length + (i % step));
  return { starts, length, step };
}

/** Sizes before, along and after an axis range [from, to): the tensor as a box of three axes. */
export function boxOf(dims: readonly number[], from: number, to = from + 1): [number, number, number] {
  return [sizeOf(dims.slice(0, from)), sizeOf(dims.slice(from, to)), sizeOf(dims.slice(to))];
}
