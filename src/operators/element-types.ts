/** @file Which element types an operator takes: the check that shape rules make before they answer. */

import { type DType, isFloat, isInteger, kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { Known } from "./operator.ts";

const tests = {
  float: isFloat,
  /** Floats and signed integers. */
  signed: (dtype: DType) => isFloat(dtype) || kindOf(dtype) === "int",
  integer: isInteger,
  unsigned: (dtype: DType) => kindOf(dtype) === "uint",
  /** Floats and integers. */
  number: (dtype: DType) => isFloat(dtype) || isInteger(dtype),
  bool: (dtype: DType) => dtype === "bool",
  any: () => true,
} satisfies Record<string, (dtype: DType) => boolean>;

const names: Partial<Record<keyof typeof tests, string>> = {
  signed: "float or signed integer",
  unsigned: "unsigned integer",
  number: "float or integer",
};

export type ElementTypes = keyof typeof tests;

/** Refuses inputs of other types. @throws FemtoError `shape.dtype` */
export function checkTypes(inputs: readonly (Known | undefined)[], accepted: ElementTypes): void {
  for (const [index, input] of inputs.entries()) {
    if (input === undefined || tests[accepted](input.dtype)) continue;
    fail({
      code: "shape.dtype",
      where: `input ${index}`,
      message: "has an element type that the operator does not take",
      expected: names[accepted] ?? accepted,
      got: input.dtype,
    });
  }
}
