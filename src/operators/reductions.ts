/**
 * @file The reduction rule: Reduce* operators take some axes together. They differ in what a lane of elements becomes,
 * in the gradient and in what they count; axes, keepdims and empty tensors are the same for all. ONNX Reduce*-18.
 */

import { allocate, type DType, isFloat, isInteger, kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { numbers, sizeOf, stridesOf, type Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { flag } from "./attributes.ts";
import { dimsIn, intsIn, intsOf, sortedAxes, span } from "./contents.ts";
import type { Emit } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import type { Example, GradientRule, OperatorSpec } from "./operator.ts";
import { walk } from "./pick.ts";
import { type OpKind, streaming } from "./work.ts";

export const reductionAttributes = { keepdims: flag(true), noop_with_empty_axes: flag(false) };
export type ReductionAttributes = { readonly keepdims: boolean; readonly noop_with_empty_axes: boolean };

/** The axes that are reduced: those given; where none are given all, or none at all with `noop_with_empty_axes`. */
export function reducedAxes(given: readonly number[] | undefined, at: ReductionAttributes, rank: number): number[] {
  if (given !== undefined && given.length > 0) return sortedAxes(given, rank);
  return at.noop_with_empty_axes ? [] : span(rank);
}

/** Dimensions of the result. */
export const reducedDims = (dims: readonly Dim[], axes: readonly number[], keepdims: boolean): Dim[] =>
  dims.flatMap((dim, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [dim]));

/** dy (or y) with the reduced axes back as 1, ready to broadcast against x. */
export function keptDims(g: Emit, y: Value, axes: Value | undefined, at: ReductionAttributes, rank: number): Value {
  const given = intsOf(axes)?.length === 0 ? undefined : axes;
  if (at.keepdims || rank === 0 || (given === undefined && at.noop_with_empty_axes)) return y;
  return g.op("Unsqueeze", [y, given ?? g.ints(span(rank))]);
}

/**
 * Calls `visit` with the flat indices of each lane of elements that become one.
 * `indices` is one array for all calls.
 */
function forEachLane(
  dims: readonly number[],
  axes: readonly number[],
  visit: (indices: Int32Array, lane: number) => void,
) {
  const strides = stridesOf(dims);
  const kept = span(dims.length).filter((axis) => !axes.includes(axis));
  const select = (list: readonly number[], from: readonly number[]) => list.map((axis) => from[axis]!);
  const starts = walk(select(kept, dims), select(kept, strides));
  const steps = walk(select(axes, dims), select(axes, strides));
  const indices = new Int32Array(steps.length);
  for (const [lane, start] of starts.entries()) {
    for (let i = 0; i < steps.length; i++) indices[i] = start + steps[i]!;
    visit(indices, lane);
  }
}

export interface Reduction {
  /** Earliest operator set of the form with axes as an input. */
  readonly since: number;
  /** What a lane of doubles becomes; empty lanes are legal. `dtype` is for results that depend on the type. */
  readonly of: (lane: Float64Array<ArrayBuffer>, dtype: DType) => number;
  /** The same for 64-bit integers, exact; where absent they go through doubles. */
  readonly ofBig?: (lane: readonly bigint[], dtype: DType) => bigint;
  /** Element types besides floats and integers. */
  readonly takesBooleans?: boolean;
  readonly gradient: GradientRule<typeof reductionAttributes>;
  /** Operations for each element read, and for each element written. */
  readonly work: {
    readonly perInput?: Partial<Record<OpKind, number>>;
    readonly perOutput?: Partial<Record<OpKind, number>>;
  };
  readonly examples: readonly Example<typeof reductionAttributes>[];
  readonly tolerance?: number;
}

function reduce(x: Tensor, axes: readonly number[], keepdims: boolean, rule: Reduction): Tensor {
  const dims = reducedDims(x.dims, axes, keepdims) as number[];
  const count = sizeOf(dims);
  if (rule.ofBig !== undefined && (x.dtype === "int64" || x.dtype === "uint64")) {
    const data = allocate(x.dtype, count) as BigInt64Array<ArrayBuffer>;
    forEachLane(x.dims, axes, (indices, lane) => {
      data[lane] = rule.ofBig!(
        Array.from(indices, (i) => x.data[i] as bigint),
        x.dtype,
      );
    });
    return { dtype: x.dtype, dims, data };
  }
  const values = numbers(x);
  const out = new Float64Array(count);
  const buffer = new Float64Array(axes.reduce((size, axis) => size * x.dims[axis]!, 1));
  forEachLane(x.dims, axes, (indices, lane) => {
    for (let i = 0; i < indices.length; i++) buffer[i] = values[indices[i]!]!;
    out[lane] = rule.of(buffer, x.dtype);
  });
  return fromNumbers(x.dtype, dims, out);
}

/** The specification of one Reduce* operator. */
export function reduction(rule: Reduction): OperatorSpec<typeof reductionAttributes> {
  return {
    since: rule.since,
    arity: [1, 2],
    attributes: reductionAttributes,
    shape: ([x, axesInput], at, context) => {
      const isTaken = isFloat(x.dtype) || isInteger(x.dtype) || (rule.takesBooleans && kindOf(x.dtype) === "bool");
      if (!isTaken) fail({ code: "shape.dtype", message: "cannot reduce this element type", got: x.dtype });
      if (x.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
      if (axesInput !== undefined && dimsIn(axesInput) === undefined) {
        return [{ dtype: x.dtype, dims: at.keepdims ? x.dims.map(() => context.fresh("reduced")) : undefined }];
      }
      const axes = reducedAxes(intsIn(axesInput), at, x.dims.length);
      return [{ dtype: x.dtype, dims: reducedDims(x.dims, axes, at.keepdims) }];
    },
    run: ([x, axes], at) => [
      reduce(x, reducedAxes(axes && Array.from(numbers(axes)), at, x.dims.length), at.keepdims, rule),
    ],
    gradient: rule.gradient,
    work: ([x, axes], [y]) => {
      const [read, written] = [sizeOf(x.dims), sizeOf(y.dims)];
      const ops: Partial<Record<OpKind, number>> = {};
      const count = (per: Partial<Record<OpKind, number>>, size: number) => {
        for (const [op, n] of Object.entries(per)) ops[op as OpKind] = (ops[op as OpKind] ?? 0) + n * size;
      };
      // n elements of a lane are joined by n − 1 operations; those of the elements themselves are stated by the rule
      count(rule.work.perInput ?? {}, read);
      count(rule.work.perOutput ?? {}, written);
      for (const [op, n] of Object.entries(ops)) ops[op as OpKind] = Math.max(0, n);
      return streaming([x, axes], [y], ops);
    },
    examples: rule.examples,
    ...(rule.tolerance !== undefined && { tolerance: rule.tolerance }),
  };
}
