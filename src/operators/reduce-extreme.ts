/** @file The rule of ReduceMax and ReduceMin, which differ in a sign. */

import { type DType, integerRange, isFloat, kindOf } from "../base/dtype.ts";
import type { Value } from "../graph/value.ts";
import { dtypeOf, type Emit, rankOf } from "./emit.ts";
import { keptDims, type Reduction, type ReductionAttributes } from "./reductions.ts";

/** The extreme of no elements: the neutral element of the comparison. */
function neutral(dtype: DType, isMax: boolean): number {
  if (isFloat(dtype)) return isMax ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (kindOf(dtype) === "bool") return isMax ? 0 : 1;
  const { min, max } = integerRange(dtype);
  return Number(isMax ? min : max);
}

/** Extremes that occur several times share the gradient equally, as in PyTorch's amax; finite differences there are one-sided. */
function shared(g: Emit, [x, axes]: readonly Value[], dy: Value, y: Value, at: ReductionAttributes): Value {
  const kept = keptDims(g, y, axes, at, rankOf(x!));
  const isExtreme = g.cast(g.op("Equal", [x, kept]), dtypeOf(x!));
  const { noop_with_empty_axes } = at;
  const count = g.op("ReduceSum", [isExtreme, axes], { noop_with_empty_axes });
  return g.mul(isExtreme, g.div(keptDims(g, dy, axes, at, rankOf(x!)), count));
}

export function extreme(isMax: boolean, examples: Reduction["examples"]): Reduction {
  return {
    since: 18,
    takesBooleans: true,
    tolerance: 0,
    of: (lane, dtype) => {
      let best = neutral(dtype, isMax);
      for (const value of lane) if (Number.isNaN(value) || (isMax ? value > best : value < best)) best = value;
      return best;
    },
    ofBig: (lane, dtype) => {
      const { min, max } = integerRange(dtype);
      return lane.reduce((best, value) => ((isMax ? value > best : value < best) ? value : best), isMax ? min : max);
    },
    // ∂L/∂x = dy·[x = y] / #[x = y]
    gradient: (g, inputs, [dy], at, [y]) => [shared(g, inputs, dy, y, at)],
    work: { perInput: { compare: 1 }, perOutput: { compare: -1 } },
    examples,
  };
}
