/**
 * @file Format: how the numbers of one value are physically represented. A format is data with the
 * three functions that follow from it: code of a number, number of a code, nearest number.
 */

import type { DType } from "../base/dtype.ts";

export interface Format {
  readonly family: "float" | "int";
  /** The printed form, unique to the format: `float16`, `int5 narrow scale=0.25`. `parseFormat(id)` gives it back. */
  readonly id: string;
  /** Bits of one element in packed store. */
  readonly bits: number;
  /** Bits of what all elements share in store: scales and zero points. */
  readonly sharedBits: number;
  /** The smallest ONNX element type that holds a code. */
  readonly container: DType;
  /** Least and greatest representable finite value (over all channels). */
  readonly min: number;
  readonly max: number;
  /** The code of the nearest representable number, ties to even, saturating. @throws FemtoError `format.nan` where the format has no NaN */
  encode(value: number, channel?: number): number;
  /** The number a code stands for. */
  decode(code: number, channel?: number): number;
  /** The nearest representable number: `decode(encode(value))`. */
  round(value: number, channel?: number): number;
}

/** Bits that `count` elements take in packed store, scales and zero points included. */
export const storedBits = (format: Format, count: number): number => count * format.bits + format.sharedBits;

/** Bytes of `count` packed elements: what a file or a memory must hold, without the shared part. */
export const packedBytes = (format: Format, count: number): number => Math.ceil((count * format.bits) / 8);
