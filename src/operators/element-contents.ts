/**
 * @file Contents of element-wise results: exporters compute shapes with Mul, Div, Equal, Where …, and inference follows
 * them as long as the elements are numbers or symbols.
 */

import { numbers, sizeOf } from "../base/tensor.ts";
import { addDims, type Dim } from "../graph/dims.ts";
import type { Known } from "./operator.ts";

/** Contents of an input; booleans count as 0 and 1. */
function contentsOf({ contents, constant, dims }: Known): readonly Dim[] | undefined {
  if (dims === undefined || dims.length > 1) return undefined;
  return contents ?? (constant?.dtype === "bool" && sizeOf(constant.dims) <= 64 ? [...numbers(constant)] : undefined);
}

/** Applies `f` to broadcast contents; `undefined` where one is not known or `f` has no answer. */
export function mapContents(
  inputs: readonly Known[],
  f: (...elements: readonly Dim[]) => Dim | undefined,
): readonly Dim[] | undefined {
  const parts = inputs.map(contentsOf);
  const length = parts.find((part) => part !== undefined && part.length !== 1)?.length ?? 1;
  const result: Dim[] = [];
  for (let i = 0; i < length; i++) {
    const elements = parts.map((part) => part?.[part.length === 1 ? 0 : i]);
    const element = elements.includes(undefined) ? undefined : f(...(elements as Dim[]));
    if (element === undefined) return undefined;
    result.push(element);
  }
  return result;
}

/** a − b: exact on numbers, `N − 3` by offset, 0 for equal symbols. */
export function subtractDims(a: Dim, b: Dim): Dim | undefined {
  if (typeof b === "number") return addDims(a, -b);
  return a === b ? 0 : undefined;
}

/** Is a equal to b? Symbols stand for sizes, so they differ from every negative number. */
export function isEqualDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return 1;
  if (typeof a === typeof b) return typeof a === "number" ? 0 : undefined;
  return Number(typeof a === "number" ? a : b) < 0 ? 0 : undefined;
}

/** A function of numbers alone. */
export const ofNumbers =
  (f: (...values: number[]) => number) =>
  (...elements: readonly Dim[]): Dim | undefined =>
    elements.every((element) => typeof element === "number") ? f(...(elements as number[])) : undefined;
