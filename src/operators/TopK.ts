/** @file TopK: the k greatest (or least) elements along an axis, and their indices; of equals the lower index first. ONNX TopK-11. */

import { f32, i64, integers, numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { flag, int } from "./attributes.ts";
import { dimsIn } from "./contents.ts";
import { zerosLike } from "./fill.ts";
import { lanesOf } from "./lanes.ts";
import { operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Sorted order of every lane, cut to k: flat source indices, and indices along the axis, both laid out as the result. */
function best(x: Tensor, axis: number, k: number, isLargest: boolean): { flat: Int32Array; along: Int32Array } {
  const values = numbers(x);
  const { starts, length, step } = lanesOf(x.dims, axis);
  const flat = new Int32Array(starts.length * k);
  const along = new Int32Array(starts.length * k);
  for (const [lane, start] of starts.entries()) {
    const order = Array.from({ length }, (_, i) => i).sort((i, j) => {
      const [a, b] = [values[start + i * step]!, values[start + j * step]!];
      return a === b ? i - j : a > b === isLargest ? -1 : 1;
    });
    const out = Math.floor(lane / step) * step * k + (lane % step);
    for (let i = 0; i < k; i++) {
      flat[out + i * step] = start + order[i]! * step;
      along[out + i * step] = order[i]!;
    }
  }
  return { flat, along };
}

export const TopK = operator("TopK", {
  since: 11,
  arity: [2, 2],
  outputs: 2,
  attributes: { axis: int(-1), largest: flag(true), sorted: flag(true) },
  shape: ([x, k], at, context) => {
    const count = dimsIn(k)?.[0] ?? context.fresh("k");
    const dims = x.dims?.with(axisIndex(at.axis, x.dims.length), count);
    return [
      { dtype: x.dtype, dims },
      { dtype: "int64", dims },
    ];
  },
  run: ([x, kInput], at) => {
    const axis = axisIndex(at.axis, x.dims.length);
    const k = integers(kInput)[0]!;
    const dims = x.dims.with(axis, k);
    const { flat, along } = best(x, axis, k, at.largest);
    return [pick(x, dims, flat), tensor("int64", dims, along)];
  },
  // ∂L/∂x = dy at the indices of the elements that were taken, zero elsewhere
  gradient: (g, [x], [dy], { axis }, [, indices]) => {
    if (dy === undefined) return [undefined];
    return [g.op("ScatterElements", [zerosLike(g, x), indices, dy], { axis })];
  },
  work: (inputs, outputs, at) => {
    const size = sizeOf(inputs[0].dims);
    const length = inputs[0].dims[axisIndex(at.axis, inputs[0].dims.length)] ?? 1;
    return streaming(inputs, outputs, { compare: size * Math.ceil(Math.log2(Math.max(2, length))) });
  },
  tolerance: 0,
  examples: [
    {
      name: "the greatest two of rows",
      inputs: [f32([2, 3], [1, 5, 3, 9, 2, 4]), i64([2])],
      outputs: 2,
      expected: [f32([2, 2], [5, 3, 9, 4]), tensor("int64", [2, 2], [1, 2, 0, 2])],
    },
    {
      name: "the least of columns",
      inputs: [f32([2, 3], [1, 5, 3, 9, 2, 4]), i64([1])],
      attributes: { axis: 0, largest: false },
      outputs: 2,
      expected: [f32([1, 3], [1, 2, 3]), tensor("int64", [1, 3], [0, 1, 0])],
    },
    {
      name: "equals in order of their index",
      inputs: [f32([4], [2, 7, 2, 7]), i64([3])],
      outputs: 2,
      expected: [f32([3], [7, 7, 2]), i64([1, 3, 0])],
      gradientOf: [],
    },
    {
      name: "int64",
      inputs: [i64([4, 8, 6]), i64([2])],
      attributes: { axis: 0 },
      outputs: 2,
      expected: [i64([8, 6]), i64([1, 2])],
    },
  ],
});
