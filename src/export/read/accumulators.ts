/**
 * @file The way back from an accumulator to real numbers in the integer form: product → (+ int32 bias) → Cast → × factor.
 */

import { isFloat, isInteger } from "../../base/dtype.ts";
import { numbers, type Tensor } from "../../base/tensor.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import type { Constants } from "./constants.ts";

export interface Accumulator {
  readonly bias: Int32Array<ArrayBuffer> | undefined;
  /** Input scale × weight scale: one, or one a channel. */
  readonly factors: readonly number[] | undefined;
}

/** Follows an integer product to the multiplication behind it. */
export function readAccumulator(product: Value, constants: Constants): Accumulator {
  const add = soleReader(product, "Add");
  const added = add && otherConstant(add, product, constants);
  const bias = added && isInteger(added.dtype) ? Int32Array.from(numbers(added)) : undefined;
  const sum = bias === undefined ? product : add!.outputs[0]!;
  const cast = soleReader(sum, "Cast");
  const scaled = cast?.outputs[0] && soleReader(cast.outputs[0], "Mul");
  const factor = scaled && otherConstant(scaled, cast!.outputs[0]!, constants);
  return { bias, factors: factor && isFloat(factor.dtype) ? Array.from(numbers(factor)) : undefined };
}

/** The Cast to int32 behind a product of whole numbers in floating point; `undefined` for ordinary products. */
export function wholeNumberCast(product: Value): Value | undefined {
  const cast = soleReader(product, "Cast");
  return cast?.outputs[0]?.type?.dtype === "int32" ? cast.outputs[0] : undefined;
}

function soleReader(value: Value, kind: string): Node | undefined {
  const [use, ...others] = value.uses;
  return others.length === 0 && use?.node.kind === kind ? use.node : undefined;
}

function otherConstant(node: Node, value: Value, constants: Constants): Tensor | undefined {
  return constants.of(node.inputs.find((input) => input !== value));
}
