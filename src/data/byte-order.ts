/** @file Bytes of a file to typed arrays. Typed arrays have the machine's byte order, taken to be little-endian as everywhere in Femto. */

import { allocate, bitsOf, type DType, kindOf, type TensorData } from "../base/dtype.ts";

/**
 * A typed array over a copy of `bytes`, swapped where they are big-endian. Complex numbers swap each half.
 * The copy is what aligns the elements, and what keeps a small array from holding a large file in memory.
 */
export function littleEndian(bytes: Uint8Array, dtype: DType, order: "little" | "big"): TensorData {
  const width = bitsOf(dtype) / 8;
  const data = allocate(dtype, bytes.length / width) as Exclude<TensorData, string[]>;
  const target = Buffer.from(data.buffer);
  target.set(bytes);
  if (order === "big") swap(target, kindOf(dtype) === "complex" ? width / 2 : width);
  return data;
}

function swap(bytes: Buffer, width: number): void {
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else if (width === 8) bytes.swap64();
}
