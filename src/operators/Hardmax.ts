/** @file Hardmax: 1 at the first greatest element along an axis, 0 elsewhere. ONNX Hardmax-13. */

import { f32, sizeOf } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { lanesOf } from "./lanes.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { flat, operator } from "./operator.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

export const Hardmax = operator("Hardmax", {
  since: 13,
  arity: [1, 1],
  attributes: { axis: int(-1) },
  shape: ([x], at) => {
    if (x.dims !== undefined) axisIndex(at.axis, x.dims.length);
    return [{ dtype: x.dtype, dims: x.dims }];
  },
  run: ([x], at) => {
    const values = doubles(x);
    const out = new Float64Array(values.length);
    const { starts, length, step } = lanesOf(x.dims, axisIndex(at.axis, x.dims.length));
    for (const start of starts) {
      let best = start;
      for (let i = start; i < start + length * step; i += step) if (values[i]! > values[best]!) best = i;
      out[best] = 1;
    }
    return [fromNumbers(x.dtype, x.dims, out)];
  },
  gradient: flat("piecewise constant"),
  work: ([x], [y]) => streaming([x], [y], { compare: sizeOf(x.dims) }),
  examples: [
    {
      name: "the first of two",
      inputs: [f32([2, 3], [3, 1, 3, -2, -1, -5])],
      expected: [f32([2, 3], [1, 0, 0, 0, 1, 0])],
    },
    {
      name: "first axis",
      inputs: [f32([2, 2], [3, 1, 2, 4])],
      attributes: { axis: 0 },
      expected: [f32([2, 2], [1, 0, 0, 1])],
    },
  ],
});
