/** @file The bit-width of an operand as a file states it: by quantisers, metadata or element type. */

import { isInteger, bitsOf as widthOf } from "../base/dtype.ts";
import { numbers } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { BITS_KEY } from "../rewrites/index.ts";

/** Operators behind which the same codes stand. */
const transparent = new Set([
  "Cast",
  "Clip",
  "DequantizeLinear",
  "Flatten",
  "Identity",
  "MaxPool",
  "QuantizeLinear",
  "Relu",
  "Reshape",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** Which input of a quantiser holds its bit-width. */
const bitsInput: Readonly<Record<string, number>> = {
  "femto.FakeQuant": 1,
  "qonnx.custom_op.general.Quant": 3,
  "qonnx.custom_op.general.IntQuant": 3,
};

/** `undefined` where the operand is not quantised. */
export function bitsOfOperand(operand: Value | undefined): number | undefined {
  for (let value = operand; value !== undefined; ) {
    const stated = value.metadata.get(BITS_KEY);
    if (stated !== undefined) return Number(stated);
    const node = value.producer;
    const type = value.constant?.dtype ?? value.type?.dtype;
    const isCode = type !== undefined && isInteger(type);
    if (node === undefined) return isCode && value.constant !== undefined ? widthOf(type) : undefined;
    if (node.kind.endsWith(".BipolarQuant")) return 1;
    const width = bitsInput[node.kind];
    if (width !== undefined) {
      const constant = node.inputs[width]?.constant;
      return constant && numbers(constant)[0];
    }
    if (!transparent.has(node.kind)) return undefined;
    const next: Value | undefined = node.inputs[0];
    // Codes that only QuantizeLinear made are as wide as their type.
    if (node.kind === "QuantizeLinear") return isCode ? widthOf(type) : undefined;
    value = next;
  }
  return undefined;
}

/** Whether a value is computed from constants through quantisers and views: a weight. */
export function isWeight(operand: Value | undefined): boolean {
  let value = operand;
  while (value?.producer !== undefined) {
    const { kind } = value.producer;
    if (!transparent.has(kind) && bitsInput[kind] === undefined && !kind.endsWith(".BipolarQuant")) return false;
    value = value.producer.inputs[0];
  }
  return value?.constant !== undefined;
}
