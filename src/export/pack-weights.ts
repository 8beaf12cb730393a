/**
 * @file Codes of weights move into the smallest ONNX type that holds them, so that a file shrinks with the bits. Runtimes
 * expand them again when they load it. Those that signed bytes could saturate with become unsigned bytes.
 */

import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "../operators/index.ts";

type Packed = "int2" | "int4" | "int8";

/** The smallest signed type that holds all codes of an int8 tensor. */
export function smallestType(codes: Value): Packed {
  const values = numbers(codes.constant!);
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]! < 0 ? -values[i]! - 1 : values[i]!);
  return most <= 1 ? "int2" : most <= 7 ? "int4" : "int8";
}

/** The same codes in a packed type; int8 and wider ones stay as they are. */
export function packed(codes: Value): Value {
  const { dtype, dims } = codes.constant!;
  const smallest = dtype === "int8" ? smallestType(codes) : dtype;
  if (smallest === dtype) return codes;
  codes.constant = tensor(smallest, dims, numbers(codes.constant!));
  codes.type = { dtype: smallest, dims };
  return codes;
}

/** Packed codes as int8 again, for operators that read no packed types. */
export function unpacked(g: Emit, codes: Value): Value {
  const { dtype } = codes.constant!;
  return dtype === "int2" || dtype === "int4" ? g.cast(codes, "int8") : codes;
}

/** The zero point of codes stored as unsigned bytes. */
export const BYTE_ZERO = 128;

/**
 * Codes as unsigned bytes with zero point 128. x86 processors without VNNI add two products of an unsigned and a signed byte in
 * 16 bits and saturate; of two unsigned bytes every runtime widens the products first.
 */
export function asUnsigned(codes: Value): Tensor {
  const values = Array.from(numbers(codes.constant!), (code) => code + BYTE_ZERO);
  return tensor("uint8", codes.constant!.dims, values);
}

/** Two neighbouring products must fit in 16 bits. @param most of an activation's code, in absolute value */
export function saturates(codes: Value, most: number): boolean {
  let largest = 0;
  for (const value of numbers(codes.constant!)) largest = Math.max(largest, Math.abs(value));
  return 2 * largest * most > 2 ** 15 - 1;
}
