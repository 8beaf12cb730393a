/** @file Element types as ONNX numbers them (`TensorProto.DataType`). */

import { TensorProto_DataType as Code } from "onnx-buf";
import { type DType, dtypes } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";

const codes: { readonly [Type in DType]: Code } = {
  float32: Code.FLOAT,
  float64: Code.DOUBLE,
  float16: Code.FLOAT16,
  bfloat16: Code.BFLOAT16,
  float8e4m3fn: Code.FLOAT8E4M3FN,
  float8e4m3fnuz: Code.FLOAT8E4M3FNUZ,
  float8e5m2: Code.FLOAT8E5M2,
  float8e5m2fnuz: Code.FLOAT8E5M2FNUZ,
  float8e8m0: Code.FLOAT8E8M0,
  float4e2m1: Code.FLOAT4E2M1,
  int64: Code.INT64,
  int32: Code.INT32,
  int16: Code.INT16,
  int8: Code.INT8,
  int4: Code.INT4,
  int2: Code.INT2,
  uint64: Code.UINT64,
  uint32: Code.UINT32,
  uint16: Code.UINT16,
  uint8: Code.UINT8,
  uint4: Code.UINT4,
  uint2: Code.UINT2,
  bool: Code.BOOL,
  complex64: Code.COMPLEX64,
  complex128: Code.COMPLEX128,
  string: Code.STRING,
};

const byCode = new Map<number, DType>(dtypes.map((dtype) => [codes[dtype], dtype]));

/** ONNX's number of an element type, as the `to` attribute of Cast and `elem_type` hold it. */
export const codeOfDType = (dtype: DType): number => codes[dtype];

/** The element type of a number, or `undefined` where ONNX has none (0) or Femto does not know it. */
export const dtypeOfCode = (code: number): DType | undefined => byCode.get(code);

/** @throws FemtoError `onnx.type` */
export function knownDType(code: number): DType {
  return (
    byCode.get(code) ??
    fail({
      code: "onnx.type",
      message: `element type ${code} is unknown`,
      expected: `a number from 1 (float32) to ${Code.INT2} (int2)`,
      got: `${code}`,
    })
  );
}
