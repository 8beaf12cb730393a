/**
 * @file Casting: the elements of one type as another, by the rules of ONNX Cast-25. Floats truncate towards zero on
 * their way to integers, integers wrap as two's complement, small floats round to nearest even and saturate or not.
 */

import { allocate, bitsOf, type DType, isFloat, isInteger, kindOf, type TensorData } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { floatToBits, isSoftFloat, type SoftFloat } from "../base/soft-float.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import { type Element, elementsOf } from "./elements.ts";

/** Rounding of the power-of-two scales of float8e8m0. */
export const roundModes = ["up", "down", "nearest"] as const;

export interface CastOptions {
  /** Small floats take their greatest value on overflow instead of infinity or NaN. */
  readonly saturate: boolean;
  readonly round_mode: (typeof roundModes)[number];
}

/** @throws FemtoError `cast.complex`, `cast.text` */
export function castTensor(x: Tensor, to: DType, options: CastOptions): Tensor {
  if (x.dtype === to) return x;
  if (kindOf(x.dtype) === "complex" || kindOf(to) === "complex") {
    fail({ code: "cast.complex", message: "complex numbers are not cast", got: `${x.dtype} to ${to}` });
  }
  const values = elementsOf(x);
  const data = allocate(to, sizeOf(x.dims)) as unknown as Element[];
  const convert = to === "string" ? textOf(x.dtype) : numericConversion(x.dtype, to, options);
  const isText = x.dtype === "string";
  for (let i = 0; i < data.length; i++) {
    const value = isText && to !== "string" ? parse(values[i] as string, to) : values[i]!;
    data[i] = convert(value);
  }
  return { dtype: to, dims: [...x.dims], data: data as unknown as TensorData };
}

function numericConversion(from: DType, to: DType, { saturate, round_mode }: CastOptions): (value: Element) => Element {
  if (to === "bool") return (value) => (Number(value) === 0 ? 0 : 1);
  if (to === "float8e8m0") return (value) => scaleBits(Number(value), saturate, round_mode);
  if (isSoftFloat(to)) return (value) => floatToBits(to as SoftFloat, Number(value), saturate);
  if (isFloat(to)) return Number;
  const bits = bitsOf(to);
  const within = isFloat(from) ? (value: number) => inRange(value, to) : (value: number) => value;
  if (bits === 64) return (value) => (typeof value === "bigint" ? value : BigInt(Math.trunc(within(value as number))));
  // `<<` takes the value modulo 2^32; shifting there and back extends (or clears) what lies above the type.
  const shift = 32 - bits;
  const wrap =
    kindOf(to) === "int" ? (value: number) => (value << shift) >> shift : (value: number) => (value << shift) >>> shift;
  return (value) => wrap(typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : within(value as number));
}

/**
 * Floats out of range are undefined in ONNX. As on the processors that it mostly runs on, they give the least int32 or
 * int64; narrower types keep the low bits.
 */
function inRange(value: number, to: DType): number {
  const limit = to === "uint64" ? 2 ** 64 : bitsOf(to) === 64 ? 2 ** 63 : 2 ** 31;
  return Math.abs(value) < limit || to === "uint32" ? value : -(2 ** (bitsOf(to) === 64 ? 63 : 31));
}

/**
 * The power of two of a float8e8m0, from the exponent field of the float32 value: `up` raises it wherever there is a
 * fraction, `nearest` from 1.5 on (and for subnormals above 0.5).
 */
function scaleBits(value: number, saturate: boolean, mode: CastOptions["round_mode"]): number {
  const pattern = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const exponent = (pattern >>> 23) & 0xff;
  const fraction = pattern & 0x7fffff;
  if (exponent === 0xff) return 0xff;
  const isUp =
    mode === "up"
      ? fraction > 0
      : mode === "nearest" && (fraction > 0x400000 || (fraction === 0x400000 && exponent > 0));
  return isUp && !(saturate && exponent === 0xfe) ? exponent + 1 : exponent;
}

/** `+INF`, `-inf`, `NaN`, plain and scientific numbers. */
function parse(text: string, to: DType): number | bigint {
  const word = text.trim().toLowerCase();
  if (isInteger(to) && /^[+-]?\d+$/.test(word)) return BigInt(word.replace("+", ""));
  const special = { inf: Number.POSITIVE_INFINITY, "+inf": Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
  const value = special[word as keyof typeof special] ?? Number(word);
  if (word === "" || (Number.isNaN(value) && word !== "nan"))
    fail({ code: "cast.text", message: "a string is not a number", got: JSON.stringify(text) });
  return value;
}

/** Text of an element; floats as C's `%.8g`, as ONNX Runtime writes them. */
function textOf(from: DType): (value: Element) => string {
  if (from === "bool") return (value) => (value === 0 ? "0" : "1");
  if (!isFloat(from)) return String;
  const digits = 8;
  return (value) => {
    const x = Number(value);
    if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "INF" : "-INF";
    const [mantissa, exponent] = x.toExponential(digits - 1).split("e") as [string, string];
    const power = Number(exponent);
    const trim = (number: string) => (number.includes(".") ? number.replace(/\.?0+$/, "") : number);
    if (power >= -4 && power < digits) return trim(x.toFixed(digits - 1 - power));
    const magnitude = String(Math.abs(power)).padStart(2, "0");
    return `${trim(mantissa)}e${power < 0 ? "-" : "+"}${magnitude}`;
  };
}
