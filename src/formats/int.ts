/**
 * @file Integer formats of 1 to 16 bits with a scale: value = scale · (code − zero).
 *
 * Grids: `narrow` signed, codes −(2^(n−1)−1) … 2^(n−1)−1, zero point 0, so that zero is exact and the grid symmetric
 * (EQAT sheet, gap 2); otherwise the full range of int-n or uint-n with an integer zero point (gap 3).
 * Arithmetic is that of ONNX QuantizeLinear and DequantizeLinear in float32: code = sat(round(x / scale) + zero), half to
 * even, so that a format and the exported operators agree bit for bit.
 */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import type { Format } from "./format.ts";

export interface IntFields {
  /** 1 to 16; a narrow grid needs at least 2. */
  readonly bits: number;
  readonly signed: boolean;
  /** Symmetric grid without the most negative code. */
  readonly narrow?: boolean;
  /** One scale, or one for each channel along `axis`; rounded to float32. */
  readonly scale: number | readonly number[];
  /** Integer zero point, or one for each channel; 0 unless given. */
  readonly zero?: number | readonly number[];
  /** The channel axis; given exactly where there are several scales. */
  readonly axis?: number;
}

export interface IntFormat extends Format {
  readonly family: "int";
  readonly signed: boolean;
  readonly narrow: boolean;
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
  /** −1 for one scale. */
  readonly axis: number;
  readonly minCode: number;
  readonly maxCode: number;
}

const FLOAT32_MAX = 3.4028234663852886e38;

/** Least and greatest code of a grid. */
export function codeRange(bits: number, signed: boolean, narrow = false): { min: number; max: number } {
  if (!signed) return { min: 0, max: 2 ** bits - 1 };
  const max = 2 ** (bits - 1) - 1;
  return { min: narrow ? -max : -max - 1, max };
}

/** The ONNX integer type with the fewest bits that holds codes of `bits` bits. */
export function containerOf(bits: number, signed: boolean): DType {
  const width = bits <= 2 ? 2 : bits <= 4 ? 4 : bits <= 8 ? 8 : 16;
  return `${signed ? "int" : "uint"}${width}`;
}

const listed = (value: number | readonly number[]): readonly number[] => (typeof value === "number" ? [value] : value);

/**
 * Makes an integer format: `int({ bits: 5, signed: true, narrow: true, scale: 0.25 })`.
 * @throws FemtoError `format.bits`, `format.scale`, `format.zero`
 */
export function int({ bits, signed, narrow = false, scale, zero = 0, axis = -1 }: IntFields): IntFormat {
  const scales = listed(scale).map(Math.fround);
  const given = listed(zero);
  const zeros = given.length === 1 ? scales.map(() => given[0]!) : given;
  checkBits(bits, signed, narrow);
  const { min: minCode, max: maxCode } = codeRange(bits, signed, narrow);
  checkScales(scales, axis, maxCode - minCode);
  checkZeros(zeros, scales.length, narrow, { minCode, maxCode });

  const encode = (value: number, channel = 0): number => {
    if (Number.isNaN(value)) fail({ code: "format.nan", message: `NaN has no code in ${id}`, expected: "a number" });
    const code = roundHalfEven(Math.fround(Math.fround(value) / scales[channel]!)) + zeros[channel]!;
    return Math.max(minCode, Math.min(maxCode, code));
  };
  const decode = (code: number, channel = 0): number => Math.fround((code - zeros[channel]!) * scales[channel]!);
  const id = print({ bits, signed, narrow, scales, zeros, axis });
  return {
    family: "int",
    id,
    bits,
    sharedBits: scales.length * (32 + (narrow ? 0 : bits)),
    container: containerOf(bits, signed),
    min: Math.min(...scales.map((_, channel) => decode(minCode, channel))),
    max: Math.max(...scales.map((_, channel) => decode(maxCode, channel))),
    signed,
    narrow,
    scales,
    zeros,
    axis,
    minCode,
    maxCode,
    encode,
    decode,
    round: (value, channel) => decode(encode(value, channel), channel),
  };
}

function checkBits(bits: number, signed: boolean, narrow: boolean): void {
  const least = narrow ? 2 : 1;
  if (!Number.isInteger(bits) || bits < least || bits > 16) {
    fail({ code: "format.bits", message: "bit-width is out of range", expected: `${least} to 16`, got: `${bits}` });
  }
  if (narrow && !signed)
    fail({ code: "format.bits", message: "a narrow grid is signed", expected: `int${bits} narrow` });
}

function checkScales(scales: readonly number[], axis: number, steps: number): void {
  if (scales.length === 0 || scales.length > 1 !== axis >= 0) {
    fail({
      code: "format.scale",
      message: "several scales need a channel axis, and an axis needs several scales",
      got: `${scales.length} scales, axis ${axis}`,
    });
  }
  for (const scale of scales) {
    if (!(scale > 0) || scale * steps > FLOAT32_MAX) {
      fail({
        code: "format.scale",
        message: "scale is not usable",
        expected: "positive in float32, with every value of the grid finite",
        got: `${scale}`,
      });
    }
  }
}

function checkZeros(
  zeros: readonly number[],
  count: number,
  narrow: boolean,
  { minCode, maxCode }: { minCode: number; maxCode: number },
): void {
  if (zeros.length !== count) {
    fail({
      code: "format.zero",
      message: "zero points do not match the scales",
      expected: `${count}`,
      got: `${zeros.length}`,
    });
  }
  for (const zero of zeros) {
    if (!Number.isInteger(zero) || zero < minCode || zero > maxCode || (narrow && zero !== 0)) {
      fail({
        code: "format.zero",
        message: "zero point is not a code of the grid",
        expected: narrow ? "0 on a narrow grid" : `an integer from ${minCode} to ${maxCode}`,
        got: `${zero}`,
      });
    }
  }
}

type Printed = Pick<IntFormat, "bits" | "signed" | "narrow" | "scales" | "zeros" | "axis">;

/** The shortest decimal number whose float32 is the scale: 0.1, not 0.10000000149011612. Nine digits always do. */
function shortest(scale: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(scale.toPrecision(digits));
    if (Math.fround(candidate) === scale) return String(candidate);
  }
  return String(Number(scale.toPrecision(9)));
}

/** Zero points of 0 and a missing axis are not printed. */
function print({ bits, signed, narrow, scales, zeros, axis }: Printed): string {
  const words = [`${signed ? "int" : "uint"}${bits}`];
  if (narrow) words.push("narrow");
  if (axis >= 0) words.push(`axis=${axis}`);
  words.push(`scale=${scales.map(shortest).join(",")}`);
  if (zeros.some((zero) => zero !== 0)) words.push(`zero=${zeros.map((zero) => zero + 0).join(",")}`);
  return words.join(" ");
}
