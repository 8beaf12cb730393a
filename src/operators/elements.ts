/** @file Element by element over any element types: exact integers through bigints, strings and booleans as they are. */

import { allocate, type DType, type TensorData } from "../base/dtype.ts";
import { isSoftFloat } from "../base/soft-float.ts";
import { numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { broadcastDims } from "./shapes.ts";

/** One element as JavaScript holds it: 64-bit integers are bigints, small floats are decoded, booleans are 0 and 1. */
export type Element = number | bigint | string;

/** The elements as they are; half floats and smaller decoded, so that they compare as numbers. */
export const elementsOf = (t: Tensor): ArrayLike<Element> => (isSoftFloat(t.dtype) ? numbers(t) : t.data);

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** Flat indices into a tensor of shape `from` broadcast to `dims`; `undefined` where they count 0, 1, 2 … */
const indicesInto = (from: readonly number[], dims: readonly number[]): Int32Array | undefined =>
  isSame(from, dims) ? undefined : broadcastIndices(from, dims);

/** Applies `f` to broadcast pairs of numbers. 64-bit integers go through doubles: exact below 2^53. */
export function mapPairs(a: Tensor, b: Tensor, f: (x: number, y: number) => number, dtype: DType = a.dtype): Tensor {
  const dims = broadcastDims(a.dims, b.dims) as number[];
  const [xs, ys] = [numbers(a), numbers(b)];
  const out = new Float64Array(sizeOf(dims));
  const ia = indicesInto(a.dims, dims);
  if (ys.length === 1) {
    // A bound, a scale: no table of zeros for it.
    const y = ys[0]!;
    for (let i = 0; i < out.length; i++) out[i] = f(xs[ia ? ia[i]! : i]!, y);
    return fromNumbers(dtype, dims, out);
  }
  const ib = indicesInto(b.dims, dims);
  for (let i = 0; i < out.length; i++) out[i] = f(xs[ia ? ia[i]! : i]!, ys[ib ? ib[i]! : i]!);
  return fromNumbers(dtype, dims, out);
}

/** Applies `f` to broadcast pairs of integers of any width, exactly; results wrap as two's complement. */
export function mapIntegerPairs(a: Tensor, b: Tensor, f: (x: bigint, y: bigint) => bigint): Tensor {
  const dims = broadcastDims(a.dims, b.dims) as number[];
  const [ia, ib] = [indicesInto(a.dims, dims), indicesInto(b.dims, dims)];
  const [xs, ys] = [a.data, b.data] as unknown as [number[], number[]];
  return fromBigInts(a.dtype, dims, (i) => f(BigInt(xs[ia ? ia[i]! : i]!), BigInt(ys[ib ? ib[i]! : i]!)));
}

/** Makes an integer tensor out of bigints, which wrap as two's complement. */
export function fromBigInts(dtype: DType, dims: readonly number[], element: (i: number) => bigint): Tensor {
  const data = allocate(dtype, sizeOf(dims));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) data[i] = element(i);
  } else {
    // 64 bits always hold what a narrower type keeps.
    for (let i = 0; i < data.length; i++) (data as unknown as number[])[i] = Number(BigInt.asIntN(32, element(i)));
  }
  return { dtype, dims: [...dims], data };
}

/** Compares broadcast pairs of elements of any type; the result is boolean. */
export function comparePairs(a: Tensor, b: Tensor, f: (x: Element, y: Element) => boolean): Tensor {
  const dims = broadcastDims(a.dims, b.dims) as number[];
  const [xs, ys] = [elementsOf(a), elementsOf(b)];
  const [ia, ib] = [indicesInto(a.dims, dims), indicesInto(b.dims, dims)];
  const data = new Uint8Array(sizeOf(dims));
  for (let i = 0; i < data.length; i++) data[i] = f(xs[ia ? ia[i]! : i]!, ys[ib ? ib[i]! : i]!) ? 1 : 0;
  return { dtype: "bool", dims, data };
}

/** Takes each element from `a` where the condition holds and from `b` elsewhere; any element type. */
export function choosePairs(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const dims = broadcastDims(condition.dims, a.dims, b.dims) as number[];
  const [ic, ia, ib] = [condition, a, b].map((t) => broadcastIndices(t.dims, dims)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const width = a.dtype.startsWith("complex") ? 2 : 1;
  const data = allocate(a.dtype, ic.length) as unknown as number[];
  const [xs, ys, cs] = [a.data, b.data, condition.data] as unknown as [number[], number[], Uint8Array];
  for (let i = 0; i < ic.length; i++) {
    for (let k = 0; k < width; k++) {
      data[i * width + k] = cs[ic[i]!] ? xs[ia[i]! * width + k]! : ys[ib[i]! * width + k]!;
    }
  }
  return { dtype: a.dtype, dims, data: data as unknown as TensorData };
}
