/** @file Tensor: an element type, dimensions and row-major data. Plain data, so that it crosses threads as it is. */

import { allocate, bitsOf, type DType, type TensorData } from "./dtype.ts";
import { fail } from "./errors.ts";
import { bitsToFloat, floatToBits, isSoftFloat } from "./soft-float.ts";

export interface Tensor {
  readonly dtype: DType;
  /** Concrete dimensions, outermost first; `[]` is a scalar. */
  readonly dims: readonly number[];
  /** Row-major elements in the container that `dtype.ts` names for the type. */
  readonly data: TensorData;
}

/** The number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}

/** Row-major strides in elements. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= dims[axis]!;
  }
  return strides;
}

/** Bytes of the packed elements, as a file stores them. */
export const byteSize = (tensor: Tensor): number => Math.ceil((sizeOf(tensor.dims) * bitsOf(tensor.dtype)) / 8);

/**
 * Makes a tensor from ordinary numbers (bigints, booleans or strings where the type asks for them);
 * float16, bfloat16 and float8 values are rounded to nearest even.
 */
export function tensor(
  dtype: DType,
  dims: readonly number[],
  values: ArrayLike<number | bigint | boolean | string>,
): Tensor {
  const count = dtype.startsWith("complex") ? 2 * sizeOf(dims) : sizeOf(dims);
  if (values.length !== count) {
    fail({
      code: "tensor.size",
      message: `tensor of shape [${dims.join(", ")}] needs ${count} values`,
      got: `${values.length} values`,
    });
  }
  const data = allocate(dtype, sizeOf(dims));
  fill(dtype, data, values);
  return { dtype, dims: [...dims], data };
}

/** One loop a kind of element: weights of millions of elements come through here. */
function fill(dtype: DType, data: TensorData, values: ArrayLike<number | bigint | boolean | string>): void {
  const count = values.length;
  if (Array.isArray(data)) for (let i = 0; i < count; i++) data[i] = String(values[i]);
  else if (data instanceof BigInt64Array) for (let i = 0; i < count; i++) data[i] = wide(values[i]!, 2 ** 63);
  else if (data instanceof BigUint64Array) for (let i = 0; i < count; i++) data[i] = wide(values[i]!, 2 ** 64);
  else if (dtype === "bool") for (let i = 0; i < count; i++) data[i] = Number(values[i]) === 0 ? 0 : 1;
  else if (isSoftFloat(dtype)) for (let i = 0; i < count; i++) data[i] = floatToBits(dtype, Number(values[i]));
  // Conversion from one typed array to another is native, and wraps as assignment does.
  else if (values instanceof Float64Array || values instanceof Float32Array) data.set(values);
  else for (let i = 0; i < count; i++) data[i] = Number(values[i]);
}

/** The largest 64-bit integer, ONNX's "to the end", has no number: the next one, `end`, stands for it and must not wrap. */
const wide = (value: number | bigint | boolean | string, end: number): bigint =>
  value === end ? BigInt(end) - 1n : BigInt(value);

export const zeros = (dtype: DType, dims: readonly number[]): Tensor => ({
  dtype,
  dims: [...dims],
  data: allocate(dtype, sizeOf(dims)),
});

export const scalar = (dtype: DType, value: number | bigint | boolean | string): Tensor => tensor(dtype, [], [value]);

/** A float32 tensor; the most frequent maker in examples and tests. */
export const f32 = (dims: readonly number[], values: ArrayLike<number>): Tensor => tensor("float32", dims, values);

/** A one-dimensional int64 tensor: shapes, axes, pads. */
export const i64 = (values: readonly number[]): Tensor => tensor("int64", [values.length], values);

/** The elements as ordinary numbers: 64-bit integers may lose precision, half floats are decoded, booleans are 0 and 1. */
export function numbers(t: Tensor): Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  if (t.data instanceof Float64Array || t.data instanceof Float32Array) return t.data;
  if (t.dtype === "string")
    return fail({ code: "tensor.type", message: "a tensor of strings has no numbers", expected: "numbers" });
  const { dtype, data } = t;
  if (isSoftFloat(dtype)) return Float64Array.from(data as Uint16Array, (bits) => bitsToFloat(dtype, bits));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return new Float64Array(data as Int32Array);
}

/** The elements of an integer tensor as numbers (shapes, axes, indices). */
export const integers = (t: Tensor): number[] => Array.from(numbers(t));

/**
 * A tensor of which type and shape are known, and whose elements were left where they are (a file read for its energy).
 * Whoever touches the elements fails: nothing is computed from what is not there.
 */
export const absentTensor = (dtype: DType, dims: readonly number[]): Tensor => ({
  dtype,
  dims: [...dims],
  get data(): TensorData {
    return fail({
      code: "tensor.absent",
      message: `the elements of a tensor ${describe({ dtype, dims: [...dims] })} were not read`,
      expected: "a model with its weights",
      hint: 'read the model with weights: "read"',
    });
  },
});

export const isAbsent = (t: Tensor): boolean => Object.getOwnPropertyDescriptor(t, "data")?.get !== undefined;

/** The same elements under other dimensions; data is shared. */
export const reshaped = (t: Tensor, dims: readonly number[]): Tensor => ({ ...t, dims: [...dims] });

/** `float32[64, 1, 5, 5]` */
export const describe = (t: { dtype: DType; dims: readonly (number | string)[] }): string =>
  `${t.dtype}[${t.dims.join(", ")}]`;

/** Rows `from` to `to` (exclusive) along the first axis, copied (a view would drag its whole buffer across threads). */
export function rowsOf(t: Tensor, from: number, to: number): Tensor {
  const width = sizeOf(t.dims.slice(1));
  const data = t.data.slice(from * width, to * width) as Tensor["data"];
  return { dtype: t.dtype, dims: [to - from, ...t.dims.slice(1)], data };
}
