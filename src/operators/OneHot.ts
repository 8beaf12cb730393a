/** @file OneHot: `on` at the index along a new axis, `off` elsewhere; out-of-range indices give a lane of `off`. ONNX OneHot-11. */

import { fail } from "../base/errors.ts";
import { f32, i64, numbers, scalar, tensor } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { dimsIn } from "./contents.ts";
import { dimsOf, dtypeOf, rankOf } from "./emit.ts";
import { boxOf } from "./lanes.ts";
import { operator } from "./operator.ts";
import { pick } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

export const OneHot = operator("OneHot", {
  since: 11,
  arity: [3, 3],
  attributes: { axis: int(-1) },
  shape: ([indices, depth, values], at, context) => {
    if (indices.dims === undefined) return [{ dtype: values.dtype, dims: undefined }];
    const axis = axisIndex(at.axis, indices.dims.length + 1);
    const constant = depth.constant && Math.trunc(numbers(depth.constant)[0]!);
    const size = constant ?? dimsIn(depth)?.[0] ?? context.fresh("depth");
    return [{ dtype: values.dtype, dims: indices.dims.toSpliced(axis, 0, size) }];
  },
  run: ([indices, depthInput, values], at) => {
    const axis = axisIndex(at.axis, indices.dims.length + 1);
    const depth = Math.trunc(numbers(depthInput)[0]!);
    if (values.data.length !== 2) {
      fail({
        code: "shape.size",
        where: "input values",
        message: "must be [off, on]",
        got: `${values.data.length} values`,
      });
    }
    const dims = indices.dims.toSpliced(axis, 0, depth);
    const [outer, , inner] = boxOf(dims, axis);
    const isOn = new Int32Array(outer * depth * inner);
    const places = numbers(indices);
    for (const [i, index] of places.entries()) {
      const place = Math.trunc(index < 0 ? index + depth : index);
      const o = Math.floor(i / inner);
      if (place >= 0 && place < depth) isOn[(o * depth + place) * inner + (i % inner)] = 1;
    }
    return [pick(values, dims, isOn)];
  },
  // y = off + (on − off)·hot: ∂L/∂on = Σ dy·hot, ∂L/∂off = Σ dy − ∂L/∂on
  gradient: (g, [indices, depth, values], [dy], { axis }) => {
    const hot = g.op("OneHot", [indices, depth, g.constant(tensor(dtypeOf(values), [2], [0, 1]))], { axis });
    const all = Array.from({ length: rankOf(dy) }, (_, i) => i);
    const on = g.reshape(g.sum(g.mul(dy, hot), all), [1]);
    const total = g.reshape(g.sum(dy, all), [1]);
    const both = g.op("Concat", [g.sub(total, on), on], { axis: 0 });
    return [undefined, undefined, g.reshape(both, dimsOf(values))];
  },
  work: (inputs, [y]) => streaming(inputs, [y], { select: y.dims.reduce((size, dim) => size * dim, 1) }),
  tolerance: 0,
  examples: [
    {
      name: "new last axis; one index from the end, one out of range",
      inputs: [i64([1, -1, 5]), scalar("int64", 3), f32([2], [0.25, 4])],
      expected: [f32([3, 3], [0.25, 4, 0.25, 0.25, 0.25, 4, 0.25, 0.25, 0.25])],
    },
    {
      name: "new first axis, float indices, depth as a vector",
      inputs: [f32([2], [1, 0]), i64([2]), tensor("int32", [2], [0, 9])],
      attributes: { axis: 0 },
      expected: [tensor("int32", [2, 2], [0, 9, 9, 0])],
      gradientOf: [],
      notInRuntime: "no kernel for float32 indices with int32 values",
    },
    {
      name: "a matrix of indices, new middle axis",
      inputs: [i64([0, 1]), scalar("int64", 2), f32([2], [0, 1])],
      attributes: { axis: -2 },
      expected: [f32([2, 2], [1, 0, 0, 1])],
    },
  ],
});
