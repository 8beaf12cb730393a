/** @file NonZero: the indices of all elements that are not zero, one row an axis, in row-major order. ONNX NonZero-13. */

import { f32, numbers, stridesOf, tensor } from "../base/tensor.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

export const NonZero = operator("NonZero", {
  since: 9,
  arity: [1, 1],
  attributes: {},
  shape: ([x], _at, context) => [
    { dtype: "int64", dims: [x.dims?.length ?? context.fresh("rank"), context.fresh("nonzero")] },
  ],
  run: ([x]) => {
    const found: number[] = [];
    for (const [i, value] of numbers(x).entries()) if (value !== 0) found.push(i);
    const strides = stridesOf(x.dims);
    const rows = x.dims.flatMap((dim, axis) => found.map((i) => Math.floor(i / strides[axis]!) % dim));
    return [tensor("int64", [x.dims.length, found.length], rows)];
  },
  gradient: none("indices are piecewise constant"),
  work: (inputs, outputs) =>
    streaming(inputs, outputs, { compare: inputs[0].dims.reduce((size, dim) => size * dim, 1) }),
  tolerance: 0,
  examples: [
    {
      name: "a matrix",
      inputs: [f32([2, 3], [0, 2, 0, 3, 0, -1])],
      expected: [tensor("int64", [2, 3], [0, 1, 1, 1, 0, 2])],
    },
    {
      name: "booleans, none set",
      inputs: [tensor("bool", [2], [false, false])],
      expected: [tensor("int64", [1, 0], [])],
    },
  ],
});
