/** @file Element types as ONNX numbers them (`TensorProto.DataType`): what `Cast.to` and its kin hold in a file. */

import type { DType } from "./dtype.ts";

const codes: { readonly [Type in DType]: number } = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
};

const byCode = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]));

/** ONNX's number of an element type. */
export const codeOfDType = (dtype: DType): number => codes[dtype];

/** The element type of a number, or `undefined` where ONNX has none (0) or Femto does not know it. */
export const dtypeOfCode = (code: number): DType | undefined => byCode.get(code);
