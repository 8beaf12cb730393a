/** @file CumProd: running products along an axis. ONNX CumProd-26. */

import { fail } from "../base/errors.ts";
import { f32, i64, scalar } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { intsOf, span } from "./contents.ts";
import { cumulative } from "./cumulative.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { axisIndex } from "./shapes.ts";

/**
 * ∂L/∂xᵢ = (Π_{k<i} xₖ) · Σ_{j≥i} dyⱼ · Π_{i<k≤j} xₖ for running products from the front. The inner products are the
 * running products, along j, of a matrix that holds xⱼ where j > i and 1 elsewhere: n² numbers a lane, but right where x
 * has zeros, which the shorter Σ dyⱼ·yⱼ / xᵢ is not.
 */
function cumProdGradient(g: Emit, x: Value, axis: number, dy: Value, isExclusive: boolean): Value {
  const rank = rankOf(x);
  const length = dimsOf(x)[axis]!;
  const int64 = (value: number) => g.constant(scalar("int64", value));
  const size =
    typeof length === "number"
      ? int64(length)
      : g.op("Squeeze", [g.op("Shape", [x], { start: axis, end: axis + 1 }), g.ints([0])]);
  const numbers = g.op("Range", [int64(0), size, int64(1)]);
  // Axes of the matrix form: … i at `axis`, j right behind it, …
  const shapeWith = (place: number) => span(rank + 1).map((k) => (k === place ? -1 : 1));
  const [i, j] = [g.reshape(numbers, shapeWith(axis)), g.reshape(numbers, shapeWith(axis + 1))];
  const alongJ = (value: Value) => g.op("Unsqueeze", [value, g.ints([axis])]);
  const isBehind = g.op("Greater", [j, i]);
  const one = g.scalar(x, 1);
  const factors = g.where(isBehind, alongJ(x), one);
  const products = g.op("CumProd", [factors, int64(axis + 1)], { exclusive: isExclusive });
  const reaches = isExclusive ? isBehind : g.op("GreaterOrEqual", [j, i]);
  const counted = g.mul(products, g.cast(reaches, dtypeOf(x)));
  const before = g.op("CumProd", [x, int64(axis)], { exclusive: true });
  return g.mul(before, g.sum(g.mul(counted, alongJ(dy)), [axis + 1]));
}

/** The same from the back: x and dy are turned round, and the result again. */
function flip(g: Emit, value: Value, axis: number): Value {
  return g.op("Slice", [value, g.ints([-1]), g.ints([-(2 ** 31)]), g.ints([axis]), g.ints([-1])]);
}

export const CumProd = operator(
  "CumProd",
  cumulative({
    since: 26,
    neutral: 1,
    join: (total, value) => total * value,
    joinBig: (total, value) => total * value,
    operation: "multiply",
    gradient: (g, [x, axisInput], [dy], { exclusive, reverse }) => {
      const known = intsOf(axisInput)?.[0];
      if (known === undefined) {
        fail({ code: "gradient.dynamic", where: "input axis", message: "must be known before the graph runs" });
      }
      const axis = axisIndex(known, rankOf(x));
      if (!reverse) return [cumProdGradient(g, x, axis, dy, exclusive)];
      return [flip(g, cumProdGradient(g, flip(g, x, axis), axis, flip(g, dy, axis), exclusive), axis)];
    },
    examples: [
      {
        name: "rows",
        inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), scalar("int64", 1)],
        expected: [f32([2, 3], [1, 2, 6, 4, 20, 120])],
      },
      {
        name: "columns, exclusive, with a zero",
        inputs: [f32([3, 2], [1, 2, 0, 4, 5, 6]), scalar("int32", -2)],
        attributes: { exclusive: true },
        expected: [f32([3, 2], [1, 1, 1, 2, 0, 8])],
      },
      {
        name: "from the end",
        inputs: [f32([3], [0.5, 2, 3]), scalar("int64", 0)],
        attributes: { reverse: true },
        expected: [f32([3], [3, 6, 3])],
      },
      {
        name: "from the end, exclusive",
        inputs: [f32([3], [0.5, 2, 3]), scalar("int64", 0)],
        attributes: { reverse: true, exclusive: true },
        expected: [f32([3], [6, 3, 1])],
      },
      { name: "int64", inputs: [i64([5, 6, 7]), scalar("int64", 0)], expected: [i64([5, 30, 210])] },
    ],
  }),
);
