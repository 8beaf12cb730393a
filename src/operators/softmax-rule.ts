/** @file The softmax rule: exp(x − max) / Σ exp(x − max) along an axis, and its logarithm. */

import { isFloat } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { sizeOf } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { lanesOf } from "./lanes.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import type { Example, GradientRule, OperatorSpec } from "./operator.ts";
import { axisIndex } from "./shapes.ts";
import { type OpKind, streaming } from "./work.ts";

const attributes = { axis: int(-1) };

/** Softmax (or its logarithm) of doubles along an axis, into a new array. */
export function softmaxOf(
  x: Float64Array<ArrayBuffer>,
  dims: readonly number[],
  axis: number,
  isLog: boolean,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(x.length);
  const { starts, length, step } = lanesOf(dims, axis);
  for (const start of starts) {
    const end = start + length * step;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i += step) max = Math.max(max, x[i]!);
    let sum = 0;
    for (let i = start; i < end; i += step) sum += Math.exp(x[i]! - max);
    const logSum = Math.log(sum);
    for (let i = start; i < end; i += step) out[i] = isLog ? x[i]! - max - logSum : Math.exp(x[i]! - max) / sum;
  }
  return out;
}

/** The specification of Softmax and LogSoftmax, which differ in their last step and their gradient. */
export function softmaxLike(given: {
  isLog: boolean;
  gradient: GradientRule<typeof attributes>;
  examples: readonly Example<typeof attributes>[];
}): OperatorSpec<typeof attributes> {
  return {
    since: 13,
    arity: [1, 1],
    attributes,
    shape: ([x], at) => {
      if (!isFloat(x.dtype)) fail({ code: "shape.dtype", message: "needs floating-point numbers", got: x.dtype });
      if (x.dims !== undefined) axisIndex(at.axis, x.dims.length);
      return [{ dtype: x.dtype, dims: x.dims }];
    },
    run: ([x], at) => [
      fromNumbers(x.dtype, x.dims, softmaxOf(doubles(x), x.dims, axisIndex(at.axis, x.dims.length), given.isLog)),
    ],
    gradient: given.gradient,
    work: ([x], [y], at) => {
      const size = sizeOf(x.dims);
      const lines = size === 0 ? 0 : size / (x.dims[axisIndex(at.axis, x.dims.length)] ?? 1);
      const last: Partial<Record<OpKind, number>> = given.isLog
        ? { add: 3 * size - lines, logarithm: lines }
        : { add: 2 * size - lines, divide: size };
      return streaming([x], [y], { ...last, compare: size - lines, exponential: size });
    },
    examples: given.examples,
  };
}
