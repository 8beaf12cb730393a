/** @file Integer codes of integer-only networks: how they are stored, and their last axis as rows. */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";
import type { Known } from "./operator.ts";

/** The smallest signed element type that holds `bits` bits. */
export function storageOf(bits: number): DType {
  if (bits <= 8) return "int8";
  return bits <= 16 ? "int16" : "int32";
}

/** The dimensions of integer rows. @throws FemtoError `shape.type` for other element types, `shape.rank` for a scalar */
export function rowDims(x: Known): readonly Dim[] | undefined {
  if (!["int8", "int16", "int32"].includes(x.dtype)) {
    fail({
      code: "shape.type",
      where: "input x",
      message: "takes integer codes",
      expected: "int8, int16 or int32",
      got: x.dtype,
      hint: "quantise first: femto.Requantize, QuantizeLinear",
    });
  }
  if (x.dims?.length === 0) fail({ code: "shape.rank", where: "input x", message: "a scalar has no rows", got: "[]" });
  return x.dims;
}
