/**
 * @file Elements of 2 and 4 bits: several to a byte in a file, one to a byte in memory.
 * The first element takes the lowest bits (ONNX docs, "4 bit integer types", "2 bit integer types").
 */

import { bitsOf, type DType, kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";

/** Bytes that `count` packed elements take. */
export const packedLength = (dtype: DType, count: number): number => Math.ceil((count * bitsOf(dtype)) / 8);

/** Spreads packed elements, sign-extended where the type has a sign, into `target`. */
export function unpack(dtype: DType, packed: ArrayLike<number>, target: Int8Array | Uint8Array): void {
  const bits = bitsOf(dtype);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const sign = kindOf(dtype) === "int" ? 2 ** (bits - 1) : 0;
  for (let i = 0; i < target.length; i++) {
    const pattern = (packed[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & mask;
    target[i] = (pattern ^ sign) - sign;
  }
}

/** @throws FemtoError `onnx.tensor` where an element does not fit the type */
export function pack(dtype: DType, elements: Int8Array | Uint8Array): Uint8Array<ArrayBuffer> {
  const bits = bitsOf(dtype);
  const perByte = 8 / bits;
  const least = kindOf(dtype) === "int" ? -(2 ** (bits - 1)) : 0;
  const packed = new Uint8Array(packedLength(dtype, elements.length));
  for (let i = 0; i < elements.length; i++) {
    const offset = elements[i]! - least;
    if (offset < 0 || offset >= 2 ** bits) {
      fail({
        code: "onnx.tensor",
        message: `element ${i} does not fit ${dtype}`,
        expected: `${least} to ${least + 2 ** bits - 1}`,
        got: `${elements[i]}`,
      });
    }
    packed[Math.floor(i / perByte)]! |= (elements[i]! & (2 ** bits - 1)) << ((i % perByte) * bits);
  }
  return packed;
}
