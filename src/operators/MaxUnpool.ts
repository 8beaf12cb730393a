/**
 * @file MaxUnpool: puts pooled elements back where MaxPool's indices say, zeros elsewhere. ONNX MaxUnpool-11. Indices
 * count within the output as it is, also where `output_shape` asks for another one (as ONNX Runtime and PyTorch have it).
 */

import { fail } from "../base/errors.ts";
import { f32, integers, numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { addDims, type Dim, multiplyDims } from "../graph/dims.ts";
import { ints, required } from "./attributes.ts";
import { dimsOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { checkSpatial } from "./pooling.ts";
import { windowOf } from "./window.ts";
import { movement } from "./work.ts";

interface UnpoolAttributes {
  readonly kernel_shape: readonly number[];
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}

/** The size that the pool had before, where every window fitted. */
function unpooledDims(dims: readonly Dim[], at: UnpoolAttributes): Dim[] {
  const spatial = dims.slice(2);
  const { kernel, strides, begin, end } = windowOf(
    { ...at, auto_pad: "NOTSET", dilations: undefined },
    at.kernel_shape,
    spatial,
  );
  return [
    ...dims.slice(0, 2),
    ...spatial.map((size, axis) =>
      addDims(multiplyDims(addDims(size, -1), strides[axis]!), kernel[axis]! - begin[axis]! - end[axis]!),
    ),
  ];
}

export const MaxUnpool = operator("MaxUnpool", {
  since: 11,
  arity: [2, 3],
  attributes: { kernel_shape: required(ints()), pads: ints(), strides: ints() },
  shape: ([x, , shape]: readonly (Known | undefined)[], at, context) => {
    checkSpatial(x!);
    if (shape === undefined) return [{ dtype: x!.dtype, dims: x!.dims && unpooledDims(x!.dims, at) }];
    const dims = shape.contents ?? x!.dims?.map((dim, axis) => (axis < 2 ? dim : context.fresh("unpooled")));
    return [{ dtype: x!.dtype, dims }];
  },
  run: ([x, indices, shape]: readonly (Tensor | undefined)[], at) => {
    const dims = shape === undefined ? (unpooledDims(x!.dims, at) as number[]) : integers(shape);
    const [values, to] = [doubles(x!), numbers(indices!)];
    const out = new Float64Array(sizeOf(dims));
    for (let i = 0; i < values.length; i++) {
      if (to[i]! < 0 || to[i]! >= out.length) {
        fail({
          code: "run.index",
          where: `index ${i}`,
          message: `${to[i]} is outside`,
          expected: `0 to ${out.length - 1}`,
        });
      }
      out[to[i]!] = values[i]!;
    }
    return [fromNumbers(x!.dtype, dims, out)];
  },
  // dx = dy at the indices
  gradient: (g, [x, indices], [dy]) => {
    const size = multiplyDims(...dimsOf(dy));
    const flat = g.reshape(indices, [multiplyDims(...dimsOf(indices))]);
    return [g.reshapeLike(g.op("GatherElements", [g.reshape(dy, [size]), flat], { axis: 0 }), x), undefined, undefined];
  },
  work: movement,
  examples: [
    {
      name: "windows that tile",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 4]), tensor("int64", [1, 1, 2, 2], [5, 7, 13, 15])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      expected: [f32([1, 1, 4, 4], [0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4])],
    },
    {
      name: "a rest that the output shape brings back",
      inputs: [f32([1, 2, 2], [1, 2, 3, 4]), tensor("int64", [1, 2, 2], [1, 3, 5, 8]), tensor("int64", [3], [1, 2, 5])],
      attributes: { kernel_shape: [2], strides: [2] },
      expected: [f32([1, 2, 5], [0, 1, 0, 2, 0, 3, 0, 0, 4, 0])],
    },
  ],
});
