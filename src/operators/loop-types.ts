/**
 * @file Types of values that go round a loop: a body is inferred with the types of the first turn; where what it hands
 * on differs from what it received, the differing dimensions become unknown, until the types stay as they are.
 */

import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";
import { allValues, type Graph } from "../graph/graph.ts";
import type { TensorType } from "../graph/value.ts";
import type { Inferred, Known, ShapeContext } from "./operator.ts";

/** What holds for both types. */
export function generalise(a: TensorType, b: TensorType, fresh: () => Dim): TensorType {
  if (a.dtype !== b.dtype) {
    fail({ code: "shape.dtype", message: "a value changes its element type", expected: a.dtype, got: b.dtype });
  }
  if (a.dims === undefined || a.dims.length !== b.dims?.length) return { dtype: a.dtype, dims: undefined };
  return { dtype: a.dtype, dims: a.dims.map((dim, axis) => (dim === b.dims![axis] ? dim : fresh())) };
}

const isSame = (a: TensorType, b: TensorType): boolean =>
  a.dims === undefined ? b.dims === undefined : a.dims.every((dim, axis) => dim === b.dims?.[axis]);

/**
 * Infers a loop body. The first `carried.length` entries of `outputsOf(results)` are handed on as the next turn's carried values.
 * @param bodyInputs makes the body's inputs from the carried types
 * @returns the settled carried types and all results of the body
 */
export function inferBody(
  body: Graph,
  initial: readonly Known[],
  bodyInputs: (carried: readonly Known[]) => readonly Known[],
  handedOn: (results: readonly Inferred[]) => readonly Inferred[],
  context: ShapeContext,
): { carried: readonly TensorType[]; results: readonly Inferred[] } {
  const declared = allValues(body).map((value) => ({ value, type: value.type, contents: value.contents }));
  let carried: readonly TensorType[] = initial.map(({ dtype, dims }) => ({ dtype, dims }));
  // Each turn makes at least one dimension or rank unknown, so this ends.
  for (;;) {
    for (const { value, type, contents } of declared) {
      value.type = type;
      value.contents = contents;
    }
    const results = context.infer(body, bodyInputs(carried));
    const next = handedOn(results);
    const joined = carried.map((type, i) => {
      const met = next[i]!;
      const known = type.dims?.map((dim, axis) => (isFreshName(dim) ? dim : met.dims?.[axis]));
      const isOpen = known !== undefined && met.dims?.length === known.length;
      return generalise(type, isOpen ? { dtype: met.dtype, dims: known as Dim[] } : met, () => context.fresh("turn"));
    });
    if (joined.every((type, i) => isSame(type, carried[i]!))) return { carried, results };
    carried = joined;
  }
}

/** A dimension that an earlier turn has already made unknown fits everything. */
const isFreshName = (dim: Dim): boolean => typeof dim === "string" && dim.startsWith("turn_");
