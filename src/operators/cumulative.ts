/** @file The rule of CumSum and CumProd: running sums or products along an axis, inclusive or exclusive, from either end. */

import { kindOf } from "../base/dtype.ts";
import { numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { lanesOf } from "./lanes.ts";
import { fromNumbers } from "./loops.ts";
import type { Example, GradientRule, OperatorSpec } from "./operator.ts";
import { axisIndex } from "./shapes.ts";
import { type OpKind, streaming } from "./work.ts";

const attributes = { exclusive: flag(false), reverse: flag(false) };

export interface Cumulation {
  readonly since: number;
  readonly neutral: number;
  readonly join: (total: number, value: number) => number;
  /** The same for 64-bit integers, exact. */
  readonly joinBig: (total: bigint, value: bigint) => bigint;
  readonly operation: OpKind;
  readonly gradient: GradientRule<typeof attributes>;
  readonly examples: readonly Example<typeof attributes>[];
}

type Options = { readonly exclusive: boolean; readonly reverse: boolean };

/** Visits every lane in running order: `step(from, to)` reads element `from` and states where the total goes. */
function accumulate<T>(
  x: Tensor,
  axis: number,
  at: Options,
  read: (i: number) => T,
  write: (i: number, total: T) => void,
  start: T,
  join: (total: T, value: T) => T,
) {
  const { starts, length, step } = lanesOf(x.dims, axis);
  for (const first of starts) {
    let total = start;
    for (let k = 0; k < length; k++) {
      const i = first + (at.reverse ? length - 1 - k : k) * step;
      const next = join(total, read(i));
      write(i, at.exclusive ? total : next);
      total = next;
    }
  }
}

function cumulated(x: Tensor, axis: number, at: Options, rule: Cumulation): Tensor {
  if (x.data instanceof BigInt64Array || x.data instanceof BigUint64Array) {
    const [from, data] = [x.data, x.data.slice()];
    const write = (i: number, total: bigint) => {
      data[i] = total;
    };
    accumulate(x, axis, at, (i) => from[i]!, write, BigInt(rule.neutral), rule.joinBig);
    return { ...x, data };
  }
  const values = numbers(x);
  const out = new Float64Array(values.length);
  const wrap =
    kindOf(x.dtype) === "float"
      ? (v: number) => v
      : (v: number) => fromNumbers(x.dtype, [], Float64Array.of(v)).data[0] as number;
  const write = (i: number, total: number) => {
    out[i] = total;
  };
  accumulate(
    x,
    axis,
    at,
    (i) => values[i]!,
    write,
    rule.neutral,
    (total, value) => wrap(rule.join(total, value)),
  );
  return fromNumbers(x.dtype, x.dims, out);
}

export function cumulative(rule: Cumulation): OperatorSpec<typeof attributes> {
  return {
    since: rule.since,
    arity: [2, 2],
    attributes,
    shape: ([x]) => [{ dtype: x.dtype, dims: x.dims }],
    run: ([x, axis], at) => [cumulated(x, axisIndex(numbers(axis)[0]!, x.dims.length), at, rule)],
    gradient: rule.gradient,
    work: ([x, axis], [y]) => streaming([x, axis], [y], { [rule.operation]: sizeOf(x.dims) }),
    examples: rule.examples,
  };
}
