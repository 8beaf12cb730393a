/**
 * @file Picking: a tensor made of elements of another, by flat index. Every operator that only moves data is an index
 * walk followed by one pick, for all element types alike.
 */

import { allocate, kindOf, type TensorData } from "../base/dtype.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";

/** Flat indices `offset + Σ stepₐ·iₐ` for every element of `dims` in row-major order. Steps of 0 repeat, negative ones reverse. */
export function walk(dims: readonly number[], steps: readonly number[], offset = 0): Int32Array {
  const indices = new Int32Array(sizeOf(dims));
  const counter = new Array<number>(dims.length).fill(0);
  let index = offset;
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

/** `out[i] = x[index[i]]`; an index of −1 takes the only element of `fill` (zero where there is none). */
export function pick(x: Tensor, dims: readonly number[], index: ArrayLike<number>, fill?: Tensor): Tensor {
  const width = kindOf(x.dtype) === "complex" ? 2 : 1;
  const data = allocate(x.dtype, index.length) as unknown as number[];
  const from = x.data as unknown as number[];
  const filler = (fill?.data ?? allocate(x.dtype, 1)) as unknown as number[];
  for (let i = 0; i < index.length; i++) {
    const source = index[i]!;
    for (let part = 0; part < width; part++) {
      data[i * width + part] = source < 0 ? filler[part]! : from[source * width + part]!;
    }
  }
  return { dtype: x.dtype, dims: [...dims], data: data as unknown as TensorData };
}

/**
 * The flat indices that take, along one axis of `dims`, the positions `along` (−1 stays −1): Gather, Pad, Resize to
 * nearest and their kin. The axis of the result has `along.length` elements.
 */
export function pickAlong(dims: readonly number[], axis: number, along: ArrayLike<number>): Int32Array {
  const outer = sizeOf(dims.slice(0, axis));
  const inner = sizeOf(dims.slice(axis + 1));
  const length = dims[axis]!;
  const indices = new Int32Array(outer * along.length * inner);
  let i = 0;
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < along.length; k++) {
      const start = along[k]! < 0 ? -1 : (o * length + along[k]!) * inner;
      for (let n = 0; n < inner; n++) indices[i++] = start < 0 ? -1 : start + n;
    }
  }
  return indices;
}
