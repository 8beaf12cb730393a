/** @file Element types as ONNX numbers them: what the door adds to the table in `base/`. */

import { type DType, dtypes } from "../base/dtype.ts";
import { codeOfDType, dtypeOfCode } from "../base/dtype-codes.ts";
import { fail } from "../base/errors.ts";

export { codeOfDType, dtypeOfCode };

/** @throws FemtoError `onnx.type` */
export function knownDType(code: number): DType {
  return (
    dtypeOfCode(code) ??
    fail({
      code: "onnx.type",
      message: `element type ${code} is unknown`,
      expected: `a number from 1 (float32) to ${Math.max(...dtypes.map(codeOfDType))} (int2)`,
      got: `${code}`,
    })
  );
}
