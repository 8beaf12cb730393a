/**
 * @file How QTools builds a product of two formats (`quantized_operators/multiplier_impl.py`, `accumulator_impl.py`
 * [source]): a multiplier, or a cheaper gate as a fraction of an adder, and how wide the accumulator gets.
 */

import { fail } from "../../base/errors.ts";
import { priceAt, type QtoolsPrices } from "./prices.ts";

/** `zero-one` is a binary format of 0 and 1, `binary` one of −1 and 1. */
export interface QtoolsFormat {
  readonly kind: "fixed" | "ternary" | "binary" | "zero-one" | "float";
  readonly bits: number;
  /** Bits left of the point, without the sign; fixed point only. */
  readonly integerBits?: number;
  readonly signed?: boolean;
}

export interface Gate {
  readonly kind: "mul" | "mux" | "xor" | "and";
  /** Energy relative to a multiplier of `bits` bits (`mul`), or to an adder. */
  readonly factor: number;
  readonly bits: number;
  readonly isFloat: boolean;
  /** Bits of the product. */
  readonly productBits: number;
}

const isCode = ({ kind }: QtoolsFormat): boolean => kind === "ternary" || kind === "binary" || kind === "zero-one";

/** The gate for a product. @throws FemtoError `energy.width` for floats other than 16 and 32 bits */
export function gateFor(weight: QtoolsFormat, input: QtoolsFormat): Gate {
  if (weight.kind === "float" || input.kind === "float") {
    const bits = Math.max(...[weight, input].map((format) => (format.kind === "float" ? format.bits : 0)));
    return { kind: "mul", factor: 1, bits, isFloat: true, productBits: bits };
  }
  if (weight.kind === "zero-one" || input.kind === "zero-one") {
    const isCodeOnly = isCode(weight) && isCode(input);
    const isBinary = weight.kind === "zero-one" && input.kind === "zero-one";
    const bits = isCodeOnly && !isBinary ? 2 : Math.max(weight.bits, input.bits);
    return { kind: "and", factor: 0.1, bits, isFloat: false, productBits: bits };
  }
  if (weight.kind === "binary" && input.kind === "binary")
    return { kind: "xor", factor: 0.3, bits: 1, isFloat: false, productBits: 1 };
  if (isCode(weight)) return mux(weight, input);
  if (isCode(input)) return mux(input, weight);
  return {
    kind: "mul",
    factor: 1,
    bits: Math.sqrt(weight.bits * input.bits),
    isFloat: false,
    productBits: weight.bits + input.bits,
  };
}

/** One of two or three values selects the other operand, its negative, or nothing. */
function mux(code: QtoolsFormat, other: QtoolsFormat): Gate {
  const productBits = other.bits + (other.signed === false && code.signed !== false ? 1 : 0);
  return { kind: "mux", factor: code.kind === "binary" ? 0.3 : 0.6, bits: other.bits, isFloat: false, productBits };
}

export interface QtoolsAdder {
  readonly bits: number;
  readonly isFloat: boolean;
}

/** What adds so many products: ⌈log2(products + 1)⌉ more bits, for a bias even where there is none. Floats keep their width. */
export const accumulatorOf = ({ isFloat, productBits }: Gate, products: number): QtoolsAdder => ({
  bits: isFloat ? productBits : productBits + Math.ceil(Math.log2(products + 1)),
  isFloat,
});

/** Energy of the gate. */
export function gateEnergy({ kind, factor, bits, isFloat }: Gate, prices: QtoolsPrices): number {
  if (kind !== "mul") return factor * priceAt(prices.fixedAdd, bits);
  return factor * priceAt(isFloat ? floatPrice(prices, bits, "Multiply") : prices.fixedMultiply, bits);
}

/** Energy of one addition. */
export const addEnergy = ({ bits, isFloat }: QtoolsAdder, prices: QtoolsPrices): number =>
  priceAt(isFloat ? floatPrice(prices, bits, "Add") : prices.fixedAdd, bits);

function floatPrice(prices: QtoolsPrices, bits: number, op: "Add" | "Multiply") {
  if (bits === 32) return prices[`float32${op}`];
  if (bits === 16) return prices[`float16${op}`];
  return fail({
    code: "energy.width",
    where: "QTools prices",
    message: `there is none for floats of ${bits} bits`,
    expected: "16 or 32 bits",
  });
}
