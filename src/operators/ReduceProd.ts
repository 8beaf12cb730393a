/** @file ReduceProd: the product over axes. ONNX ReduceProd-18. */

import { fail } from "../base/errors.ts";
import { f32, i64, scalar } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { intsOf, span } from "./contents.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { keptDims, type ReductionAttributes, reducedAxes, reduction } from "./reductions.ts";

/** The product of all other elements of the last axis, for each of its elements; right where some are zero. */
function productOfOthers(g: Emit, x: Value): Value {
  const last = rankOf(x) - 1;
  const length = dimsOf(x)[last]!;
  const int64 = (value: number) => g.constant(scalar("int64", value));
  const size =
    typeof length === "number"
      ? int64(length)
      : g.op("Squeeze", [g.op("Shape", [x], { start: last, end: last + 1 }), g.ints([0])]);
  const numbers = g.op("Range", [int64(0), size, int64(1)]);
  const isOwn = g.op("Equal", [numbers, g.reshape(numbers, [-1, 1])]);
  const others = g.where(isOwn, g.scalar(x, 1), g.op("Unsqueeze", [x, g.ints([last])]));
  return g.op("ReduceProd", [others, g.ints([-1])], { keepdims: false });
}

/** ∂y/∂xᵢ = Π_{j≠i} xⱼ, with the reduced axes brought to the end as one. */
function prodGradient(g: Emit, x: Value, axesInput: Value | undefined, dy: Value, at: ReductionAttributes): Value {
  const rank = rankOf(x);
  const given = axesInput === undefined ? undefined : intsOf(axesInput);
  if (axesInput !== undefined && given === undefined) {
    fail({ code: "gradient.dynamic", where: "input axes", message: "must be known before the graph runs" });
  }
  const axes = reducedAxes(given, at, rank);
  if (axes.length === 0) return dy;
  const kept = span(rank).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = g.transpose(x, order);
  const asOne = [...kept.map(() => 0), -1];
  const lanes = g.op("Reshape", [moved, g.ints(asOne)]);
  const share = g.op("Reshape", [g.transpose(keptDims(g, dy, axesInput, at, rank), order), g.ints(asOne)]);
  const dx = g.reshapeLike(g.mul(productOfOthers(g, lanes), share), moved);
  return g.transpose(
    dx,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

export const ReduceProd = operator(
  "ReduceProd",
  reduction({
    since: 18,
    of: (lane) => {
      let product = 1;
      for (const value of lane) product *= value;
      return product;
    },
    ofBig: (lane) =>
      BigInt.asIntN(
        64,
        lane.reduce((product, value) => product * value, 1n),
      ),
    gradient: (g, [x, axes], [dy], at) => [prodGradient(g, x, axes, dy, at)],
    work: { perInput: { multiply: 1 }, perOutput: { multiply: -1 } },
    examples: [
      {
        name: "last axis kept, one zero",
        inputs: [f32([2, 3], [1, 2, 3, 4, 0, 6]), i64([-1])],
        expected: [f32([2, 1], [6, 0])],
      },
      {
        name: "two axes dropped",
        inputs: [f32([2, 2, 2], [1, 2, 3, 4, 0.5, 0.25, 7, 8]), i64([0, 2])],
        attributes: { keepdims: false },
        expected: [f32([2], [0.25, 672])],
      },
      { name: "all axes", inputs: [f32([2, 2], [1, 2, 3, 5])], expected: [f32([1, 1], [30])] },
      { name: "an empty axis", inputs: [f32([1, 0], []), i64([1])], expected: [f32([1, 1], [1])], gradientOf: [] },
      { name: "int64", inputs: [i64([3, -4])], expected: [i64([-12])] },
    ],
  }),
);
