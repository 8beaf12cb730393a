/** @file Plain loops that many `run` functions share: broadcasting element-wise maps. */

import { allocate, type DType } from "../base/dtype.ts";
import { numbers, sizeOf, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import { broadcastDims } from "./shapes.ts";

/** Applies `f` to every element; the result is stored as `dtype` (rounded to it where it is narrower than a double). */
export function mapTensor(x: Tensor, f: (value: number) => number, dtype: DType = x.dtype): Tensor {
  const values = numbers(x);
  if (dtype === "float32" || dtype === "float64") {
    const data = allocate(dtype, values.length) as Float32Array<ArrayBuffer>;
    for (let i = 0; i < data.length; i++) data[i] = f(values[i]!);
    return { dtype, dims: x.dims, data };
  }
  return tensor(dtype, x.dims, Array.from(values, f));
}

/** For every element of `dims`, in row-major order, the flat index into a tensor of shape `from` broadcast to `dims`. */
export function broadcastIndices(from: readonly number[], dims: readonly number[]): Int32Array {
  const strides = stridesOf(from);
  const indices = new Int32Array(sizeOf(dims));
  const steps = dims.map((_, axis) => {
    const own = axis - dims.length + from.length;
    return own < 0 || from[own] === 1 ? 0 : strides[own]!;
  });
  const counter = new Array<number>(dims.length).fill(0);
  let index = 0;
  for (let i = 0; i < indices.length; i++) {
    indices[i] = index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index += steps[axis]!;
      if (++counter[axis]! < dims[axis]!) break;
      index -= steps[axis]! * dims[axis]!;
      counter[axis] = 0;
    }
  }
  return indices;
}

/** Applies `f` to broadcast inputs, element by element. 64-bit integers go through doubles: exact below 2^53. */
export function mapBroadcast(
  inputs: readonly Tensor[],
  f: (...values: number[]) => number,
  dtype: DType = inputs[0]!.dtype,
): Tensor {
  const dims = broadcastDims(...inputs.map((input) => input.dims)) as number[];
  const views = inputs.map((input) => ({ values: numbers(input), index: broadcastIndices(input.dims, dims) }));
  const out = new Float64Array(sizeOf(dims));
  const operands = new Array<number>(inputs.length);
  for (let i = 0; i < out.length; i++) {
    for (let k = 0; k < views.length; k++) operands[k] = views[k]!.values[views[k]!.index[i]!]!;
    out[i] = f(...operands);
  }
  return fromNumbers(dtype, dims, out);
}

/** Stores doubles as a tensor of any numeric type; integers wrap as two's complement. */
export function fromNumbers(dtype: DType, dims: readonly number[], values: Float64Array<ArrayBuffer>): Tensor {
  if (dtype === "float64") return { dtype, dims: [...dims], data: values };
  if (dtype === "float32") return { dtype, dims: [...dims], data: new Float32Array(values) };
  return tensor(dtype, dims, values);
}
