/** @file Exchanging axes of a stored array: Fortran order, channels last, time first all become Femto's order here. */

import { allocate, kindOf } from "../base/dtype.ts";
import { sizeOf, stridesOf, type Tensor } from "../base/tensor.ts";

/** Output axis i is input axis `order[i]`. */
export function transposed(values: Tensor, order: readonly number[]): Tensor {
  const dims = order.map((axis) => values.dims[axis]!);
  const inputStrides = stridesOf(values.dims);
  const steps = order.map((axis) => inputStrides[axis]!);
  const last = dims.length - 1;
  const [length, step] = [dims[last] ?? 1, steps[last] ?? 1];
  const size = sizeOf(dims);
  // Complex numbers are pairs in one container.
  const width = kindOf(values.dtype) === "complex" ? 2 : 1;
  // Float64Array stands for whichever container it is: elements are only moved.
  const data = allocate(values.dtype, size) as Float64Array<ArrayBuffer>;
  const source = values.data as Float64Array<ArrayBuffer>;
  const index = new Array<number>(dims.length).fill(0);
  let from = 0;
  for (let to = 0; to < size; to += length) {
    for (let half = 0; half < width; half++) {
      for (let i = 0; i < length; i++) data[(to + i) * width + half] = source[(from + i * step) * width + half]!;
    }
    for (let axis = last - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      from -= steps[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return { dtype: values.dtype, dims, data };
}
