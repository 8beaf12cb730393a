/** @file LpNormalization: x divided by its 1- or 2-norm along an axis; where the norm is 0, the result is 0. ONNX LpNormalization-1. */

import { fail } from "../base/errors.ts";
import { f32, sizeOf } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { lanesOf } from "./lanes.ts";
import { fromNumbers } from "./loops.ts";
import { powerSlope, rootOf } from "./lp-pool-rule.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

export const LpNormalization = operator("LpNormalization", {
  since: 1,
  arity: [1, 1],
  attributes: { axis: int(-1), p: int(2) },
  shape: ([x], at) => {
    if (at.p !== 1 && at.p !== 2) {
      fail({
        code: "attribute.choice",
        where: "attribute p",
        message: `${at.p} is not one of its values`,
        expected: "1 or 2",
      });
    }
    if (x.dims !== undefined) axisIndex(at.axis, x.dims.length);
    return [{ dtype: x.dtype, dims: x.dims }];
  },
  run: ([x], at) => {
    const values = doubles(x);
    const out = new Float64Array(values.length);
    const { starts, length, step } = lanesOf(x.dims, axisIndex(at.axis, x.dims.length));
    for (const start of starts) {
      let sum = 0;
      for (let i = start; i < start + length * step; i += step) sum += Math.abs(values[i]!) ** at.p;
      const norm = rootOf(sum, at.p) || 1;
      for (let i = start; i < start + length * step; i += step) out[i] = values[i]! / norm;
    }
    return [fromNumbers(x.dtype, x.dims, out)];
  },
  // With n = ‖x‖: dx = (dy − n'·Σ dy·y) / n, where n' = ∂n/∂x is sign(x) for p = 1 and y for p = 2
  gradient: (g, [x], [dy], { axis, p }, [y]) => {
    const norm = g.op(p === 1 ? "ReduceL1" : "ReduceL2", [x, g.ints([axis])], { keepdims: true });
    const isZero = g.op("Equal", [norm, g.scalar(x, 0)]);
    const safe = g.where(isZero, g.scalar(x, 1), norm);
    const slope = p === 1 ? powerSlope(g, x, 1) : y!;
    return [g.div(g.sub(dy, g.mul(slope, g.sum(g.mul(dy, y!), [axis], true))), safe)];
  },
  work: ([x], [y], at) => {
    const size = sizeOf(x.dims);
    const lines = size === 0 ? 0 : size / x.dims[axisIndex(at.axis, x.dims.length)]!;
    const root = at.p === 2 ? { multiply: size, squareRoot: lines } : {};
    return streaming([x], [y], { add: size - lines, divide: size, ...root });
  },
  examples: [
    {
      name: "the Euclidean norm",
      inputs: [f32([2, 2], [3, 4, -6, 8])],
      expected: [f32([2, 2], [0.6, 0.8, -0.6, 0.8])],
    },
    {
      name: "p = 1 over the first axis",
      inputs: [f32([2, 2], [3, 4, -1, 6])],
      attributes: { p: 1, axis: 0 },
      expected: [f32([2, 2], [0.75, 0.4, -0.25, 0.6])],
    },
    {
      name: "a zero norm",
      inputs: [f32([2, 2], [0, 0, 3, -4])],
      expected: [f32([2, 2], [0, 0, 0.6, -0.8])],
      gradientOf: [],
    },
  ],
});
