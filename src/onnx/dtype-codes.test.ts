/** @file The numbers of the element types against ONNX's own definition. */

import { TensorProto_DataType as Code } from "onnx-buf";
import { expect, it } from "vitest";
import { dtypes } from "../base/dtype.ts";
import { codeOfDType, dtypeOfCode } from "./dtype-codes.ts";

/** ONNX's names where they differ from Femto's. */
const names: Readonly<Record<string, string>> = { float32: "FLOAT", float64: "DOUBLE" };

it.each(dtypes)("%s has ONNX's number", (dtype) => {
  const name = (names[dtype] ?? dtype.toUpperCase()) as keyof typeof Code;
  expect(codeOfDType(dtype)).toBe(Code[name]);
  expect(dtypeOfCode(codeOfDType(dtype))).toBe(dtype);
});

it("0 states no type", () => expect(dtypeOfCode(Code.UNDEFINED)).toBeUndefined());
