/** @file Contents: what inference knows of the elements of small integer inputs (shapes, axes, pads, repeats). */

import { isInteger } from "../base/dtype.ts";
import { integers } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { knownOf } from "./infer.ts";
import type { Known } from "./operator.ts";
import { axisIndex } from "./shapes.ts";

/** The elements, symbols included; `undefined` where they are not known. */
export function dimsIn(input: Known | undefined): readonly Dim[] | undefined {
  if (input?.contents !== undefined) return input.contents;
  const constant = input?.constant;
  return constant !== undefined && isInteger(constant.dtype) ? integers(constant) : undefined;
}

/** The elements where all of them are numbers. */
export function intsIn(input: Known | undefined): readonly number[] | undefined {
  const dims = dimsIn(input);
  return dims?.every((dim) => typeof dim === "number") ? (dims as readonly number[]) : undefined;
}

/** The elements of a value of a graph that is being differentiated, where all of them are numbers. */
export const intsOf = (value: Value | undefined): readonly number[] | undefined =>
  value === undefined ? undefined : intsIn(knownOf(value));

/** Contents for an output of rank 0 or 1 that holds the same elements as its input. */
export const carried = (x: Known, dims: readonly Dim[] | undefined): readonly Dim[] | undefined =>
  dims !== undefined && dims.length <= 1 ? x.contents : undefined;

/** Axes in ascending order, negative ones resolved; all of them where none are given. */
export const sortedAxes = (axes: readonly number[] | undefined, rank: number): number[] =>
  axes === undefined
    ? Array.from({ length: rank }, (_, axis) => axis)
    : [...new Set(axes.map((axis) => axisIndex(axis, rank)))].sort((a, b) => a - b);

/** `count` whole numbers from `first` on. */
export const span = (count: number, first = 0): number[] => Array.from({ length: count }, (_, i) => first + i);
