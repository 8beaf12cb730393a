/**
 * @file The int64 of attributes as numbers. The greatest int64 means "to the end" in slices; it is held as 2^63 and
 * comes back as it was. Other integers that a number cannot hold exactly are refused.
 */

import { fail } from "../base/errors.ts";

const limit = 2n ** 63n;

/** @throws FemtoError `onnx.attribute` */
export function int64AsNumber(value: bigint): number {
  const number = Number(value);
  if (value === limit - 1n || (BigInt(number) === value && number !== 2 ** 63)) return number;
  return fail({ code: "onnx.attribute", message: "an integer cannot be held exactly", got: `${value}` });
}

/** The nearest int64. @throws FemtoError `onnx.attribute` where the number is no integer */
export function int64Saturated(value: number): bigint {
  if (!Number.isInteger(value)) {
    return fail({ code: "onnx.attribute", message: "an integer attribute holds no integer", got: `${value}` });
  }
  const exact = BigInt(value);
  return exact >= limit ? limit - 1n : exact < -limit ? -limit : exact;
}
