/** @file MaxPool: the greatest element of each window, and optionally where it stands. ONNX MaxPool-12. */

import { allocate, type DType } from "../base/dtype.ts";
import { f32, sizeOf, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { doubles } from "./matrix.ts";
import { maxPoolGradient } from "./max-pool-gradient.ts";
import { operator } from "./operator.ts";
import { forWindows, poolAttributes, poolDims, poolPlaces, poolWork } from "./pooling.ts";

const attributes = { ...poolAttributes, storage_order: int(0) };

/** For every element of a channel its index in row-major (0) or column-major (1) order. */
function storageIndex(spatial: readonly number[], order: number): (index: number) => number {
  if (order === 0) return (index) => index;
  const strides = stridesOf(spatial);
  const steps = stridesOf([...spatial].reverse()).reverse();
  return (index) =>
    spatial.reduce((sum, size, axis) => sum + (Math.floor(index / strides[axis]!) % size) * steps[axis]!, 0);
}

export const MaxPool = operator("MaxPool", {
  since: 12,
  arity: [1, 1],
  outputs: 2,
  attributes,
  shape: ([x], at) => {
    const dims = poolDims(x, at);
    return [
      { dtype: x.dtype, dims },
      { dtype: "int64", dims },
    ];
  },
  run: ([x], at) => {
    const places = poolPlaces(at, x.dims);
    const values = doubles(x);
    const [dims, spatial] = [[...x.dims.slice(0, 2), ...places.out], x.dims.slice(2)];
    const best = new Int32Array(sizeOf(dims));
    forWindows(x.dims, places, (output, base, origin) => {
      let winner = -1;
      for (const tap of places.taps) {
        const from = places.source[origin + tap]!;
        // The first of equal elements wins.
        if (from >= 0 && (winner < 0 || values[base + from]! > values[winner]!)) winner = base + from;
      }
      best[output] = winner;
    });
    const plane = sizeOf(spatial);
    const inOrder = storageIndex(spatial, at.storage_order);
    const indices = Array.from(best, (i) => BigInt(i < 0 ? -1 : i - (i % plane) + inOrder(i % plane)));
    return [gathered(x, best, dims), tensor("int64", dims, indices)];
  },
  gradient: maxPoolGradient,
  work: ([x], outputs, at) => poolWork([x], outputs, sizeOf(at.kernel_shape), { compare: 1 }),
  examples: [
    {
      name: "window = stride",
      inputs: [f32([1, 2, 2, 4], [1, 5, -3, -4, 2, 3, -2, -1, 0, 7, 8, 9, 6, 4, 11, 10])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      expected: [f32([1, 2, 1, 2], [5, -1, 7, 11])],
    },
    {
      name: "overlapping windows, padding, indices",
      inputs: [f32([1, 1, 3, 3], [1, 9, 2, 4, 3, 8, 7, 5, 6])],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      expected: [
        f32([1, 1, 3, 3], [9, 9, 9, 9, 9, 9, 7, 8, 8]),
        tensor("int64", [1, 1, 3, 3], [1, 1, 1, 1, 1, 1, 6, 5, 5]),
      ],
    },
    {
      name: "indices over two images, column-major",
      inputs: [f32([2, 1, 2, 2], [1, 4, 3, 2, 5, 6, 8, 7])],
      attributes: { kernel_shape: [2, 2], storage_order: 1 },
      expected: [f32([2, 1, 1, 1], [4, 8]), tensor("int64", [2, 1, 1, 1], [2, 5])],
    },
    {
      name: "a window equal to its stride leaves a rest",
      inputs: [f32([1, 1, 3, 5], [1, 5, 9, 2, 30, 4, 8, 3, 7, 20, 10, 11, 12, 13, 14])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      expected: [f32([1, 1, 1, 2], [8, 9])],
    },
    {
      name: "ceil mode",
      inputs: [f32([1, 1, 5], [1, 3, 2, 5, 4])],
      attributes: { kernel_shape: [2], strides: [2], ceil_mode: true },
      expected: [f32([1, 1, 3], [3, 5, 4])],
    },
    {
      name: "dilation",
      inputs: [f32([1, 1, 6], [1, 6, 2, 5, 3, 4])],
      attributes: { kernel_shape: [2], dilations: [3] },
      expected: [f32([1, 1, 3], [5, 6, 4])],
    },
    {
      name: "SAME_UPPER over three axes",
      inputs: [f32([1, 1, 2, 2, 3], [1, 12, 3, 4, 5, 6, 10, 8, 9, 7, 11, 2])],
      attributes: { kernel_shape: [2, 2, 2], strides: [1, 2, 2], auto_pad: "SAME_UPPER" },
      expected: [f32([1, 1, 2, 1, 2], [12, 9, 11, 9])],
    },
    {
      name: "uint8",
      inputs: [tensor("uint8", [1, 1, 4], [7, 200, 3, 4])],
      attributes: { kernel_shape: [2], strides: [2] },
      expected: [tensor("uint8", [1, 1, 2], [200, 4])],
    },
  ],
});

/** The chosen elements in their own type; a window that meets padding only gives the least number of the type. */
function gathered(x: Tensor, best: Int32Array, dims: readonly number[]): Tensor {
  const data = allocate(x.dtype, best.length) as Float64Array<ArrayBuffer>;
  const source = x.data as Float64Array<ArrayBuffer>;
  for (let i = 0; i < data.length; i++) data[i] = best[i]! < 0 ? leastOf(x.dtype) : source[best[i]!]!;
  return { dtype: x.dtype, dims, data };
}

const leastBits: Partial<Record<DType, number>> = { float16: 0xfc00, bfloat16: 0xff80, int8: -128, uint8: 0 };
const leastOf = (dtype: DType): number => leastBits[dtype] ?? Number.NEGATIVE_INFINITY;
