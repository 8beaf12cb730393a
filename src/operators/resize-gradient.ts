/**
 * @file ∂L/∂x of Resize. The map is linear and separable: along each axis y = W·x, so dx = Wᵀ·dy. Where every element
 * is copied a whole number of times, the copies are summed instead of multiplied.
 */

import { fail } from "../base/errors.ts";
import { numbers, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { intsOf, span } from "./contents.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";
import { type AxisPlan, type ResizeAttributes, resizedAxes, resizePlan } from "./resize-plan.ts";
import { copiedPositions, tapsOf } from "./resize-taps.ts";

/** The plan, if all it hangs on is known before the graph runs. */
function planFor([x, roi, scales, sizes]: readonly (Value | undefined)[], at: ResizeAttributes): AxisPlan[] {
  const dims = dimsOf(x!);
  const constants = [roi, scales].map((input) => input?.constant && Array.from(numbers(input.constant)));
  const wanted = intsOf(sizes);
  const isKnown = (input: Value | undefined, list: unknown) => input === undefined || list !== undefined;
  const isFixed = resizedAxes(at, dims.length).every((axis, i) => {
    const isSame = constants[1]?.[i] === 1;
    return typeof dims[axis] === "number" || isSame;
  });
  if (!isKnown(roi, constants[0]) || !isKnown(scales, constants[1]) || !isKnown(sizes, wanted) || !isFixed) {
    fail({
      code: "gradient.dynamic",
      message: "scales, sizes and the dimensions that change must be known before the graph runs",
      got: `[${dims.join(", ")}]`,
      hint: "bind the symbolic dimensions before asking for gradients",
    });
  }
  const given = { roi: constants[0], scales: nonEmpty(constants[1]), sizes: nonEmpty(wanted) };
  // A symbolic axis that keeps its size stands in as 1: its plan is dropped.
  return resizePlan(
    dims.map((dim) => (typeof dim === "number" ? dim : 1)),
    given,
    at,
  );
}

const nonEmpty = (list: readonly number[] | undefined): readonly number[] | undefined =>
  list?.length === 0 ? undefined : list;

/** How often each element is copied, where all are copied equally often and in order. */
function copies(plan: AxisPlan, at: ResizeAttributes): number | undefined {
  const times = plan.size / plan.length;
  if (at.mode !== "nearest" || !Number.isInteger(times)) return undefined;
  const isEven = copiedPositions(tapsOf(plan, at)).every((position, y) => position === Math.floor(y / times));
  return isEven ? times : undefined;
}

/** Wᵀ·dy along one axis. */
function transposedProduct(g: Emit, dy: Value, plan: AxisPlan, at: ResizeAttributes): Value {
  const { count, positions, weights, isOutside } = tapsOf(plan, at);
  const matrix = new Float64Array(plan.size * plan.length);
  for (let y = 0; y < plan.size; y++) {
    if (isOutside[y]) continue;
    for (let k = y * count; k < (y + 1) * count; k++) matrix[y * plan.length + positions[k]!]! += weights[k]!;
  }
  // [size, length]: the axis is brought to the end for dy·W
  const w = g.constant(tensor(dtypeOf(dy), [plan.size, plan.length], matrix), "taps");
  const order = [...span(rankOf(dy)).filter((axis) => axis !== plan.axis), plan.axis];
  const product = g.matmul(g.transpose(dy, order), w);
  return g.transpose(
    product,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

export function resizeGradient(g: Emit, inputs: readonly Value[], dy: Value, at: ResizeAttributes): Value {
  const x = inputs[0]!;
  const plans = planFor(inputs, at);
  const times = plans.map((plan) => copies(plan, at));
  if (plans.length > 0 && times.every((n) => n !== undefined)) {
    const split = dimsOf(x).map((dim, axis): Dim[] => {
      const index = plans.findIndex((plan) => plan.axis === axis);
      return index < 0 ? [dim] : [dim, times[index]!];
    });
    const axes = split.flatMap((dims, axis) => (dims.length === 2 ? [split.slice(0, axis + 1).flat().length - 1] : []));
    return g.sum(g.reshape(dy, split.flat()), axes);
  }
  return plans.reduce((dx, plan) => transposedProduct(g, dx, plan, at), dy);
}
