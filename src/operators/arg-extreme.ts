/** @file The rule of ArgMax and ArgMin, which differ in a sign: the index of the extreme element along an axis. */

import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { flag, int } from "./attributes.ts";
import { lanesOf } from "./lanes.ts";
import { type Example, none, type OperatorSpec } from "./operator.ts";
import { reducedDims } from "./reductions.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

const attributes = { axis: int(0), keepdims: flag(true), select_last_index: flag(false) };

function indexOfExtreme(x: Tensor, axis: number, isMax: boolean, isLast: boolean): number[] {
  const values = numbers(x);
  const { starts, length, step } = lanesOf(x.dims, axis);
  return Array.from(starts, (start) => {
    let best = 0;
    for (let i = 1; i < length; i++) {
      const [value, old] = [values[start + i * step]!, values[start + best * step]!];
      if (isMax ? value > old : value < old) best = i;
      else if (isLast && value === old) best = i;
    }
    return best;
  });
}

export function argExtreme(
  isMax: boolean,
  examples: readonly Example<typeof attributes>[],
): OperatorSpec<typeof attributes> {
  return {
    since: 12,
    arity: [1, 1],
    attributes,
    shape: ([x], at) => {
      if (x.dims === undefined) return [{ dtype: "int64", dims: undefined }];
      return [{ dtype: "int64", dims: reducedDims(x.dims, [axisIndex(at.axis, x.dims.length)], at.keepdims) }];
    },
    run: ([x], at) => {
      const axis = axisIndex(at.axis, x.dims.length);
      const dims = reducedDims(x.dims, [axis], at.keepdims) as number[];
      return [tensor("int64", dims, indexOfExtreme(x, axis, isMax, at.select_last_index))];
    },
    gradient: none("an index is piecewise constant"),
    work: ([x], [y]) => streaming([x], [y], { compare: Math.max(0, sizeOf(x.dims) - sizeOf(y.dims)) }),
    tolerance: 0,
    examples,
  };
}
