/** @file Small floating-point types as bit patterns: encode (round to nearest even) and decode, one table row a type. */

interface MiniFloat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** `ieee`: infinities and NaNs; `fn`: finite with one NaN pattern per sign; `fnuz`: finite, NaN = negative zero; `none`: no NaN. */
  readonly special: "ieee" | "fn" | "fnuz" | "none";
}

const layouts = {
  float16: { exponentBits: 5, mantissaBits: 10, bias: 15, special: "ieee" },
  bfloat16: { exponentBits: 8, mantissaBits: 7, bias: 127, special: "ieee" },
  float8e4m3fn: { exponentBits: 4, mantissaBits: 3, bias: 7, special: "fn" },
  float8e4m3fnuz: { exponentBits: 4, mantissaBits: 3, bias: 8, special: "fnuz" },
  float8e5m2: { exponentBits: 5, mantissaBits: 2, bias: 15, special: "ieee" },
  float8e5m2fnuz: { exponentBits: 5, mantissaBits: 2, bias: 16, special: "fnuz" },
  float4e2m1: { exponentBits: 2, mantissaBits: 1, bias: 1, special: "none" },
} as const satisfies Record<string, MiniFloat>;

export type SoftFloat = keyof typeof layouts | "float8e8m0";

export const isSoftFloat = (dtype: string): dtype is SoftFloat => dtype in layouts || dtype === "float8e8m0";

/** The value of one bit pattern. */
export function bitsToFloat(type: SoftFloat, pattern: number): number {
  if (type === "float8e8m0") return pattern === 255 ? Number.NaN : 2 ** (pattern - 127);
  const { exponentBits, mantissaBits, bias, special } = layouts[type] as MiniFloat;
  const sign = pattern >> (exponentBits + mantissaBits) === 1 ? -1 : 1;
  const exponent = (pattern >> mantissaBits) & (2 ** exponentBits - 1);
  const mantissa = pattern & (2 ** mantissaBits - 1);
  const top = exponent === 2 ** exponentBits - 1;
  if (special === "ieee" && top) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (special === "fn" && top && mantissa === 2 ** mantissaBits - 1) return Number.NaN;
  if (special === "fnuz" && sign === -1 && exponent === 0 && mantissa === 0) return Number.NaN;
  return exponent === 0
    ? sign * mantissa * 2 ** (1 - bias - mantissaBits)
    : sign * (1 + mantissa / 2 ** mantissaBits) * 2 ** (exponent - bias);
}

/**
 * The nearest bit pattern, ties to even. Overflow gives infinity in IEEE layouts;
 * finite layouts saturate where `saturate` is set (ONNX Cast's default) and give NaN otherwise.
 */
export function floatToBits(type: SoftFloat, value: number, saturate = true): number {
  if (type === "float8e8m0") {
    if (Number.isNaN(value)) return 255;
    return Math.min(254, Math.max(0, Math.ceil(Math.log2(Math.abs(value)) - 1e-12) + 127));
  }
  const { exponentBits, mantissaBits, bias, special } = layouts[type] as MiniFloat;
  const signBit = 2 ** (exponentBits + mantissaBits);
  const negative = value < 0 || Object.is(value, -0) ? signBit : 0;
  const infinity = (2 ** exponentBits - 1) * 2 ** mantissaBits;
  // Without any NaN (float4e2m1) it becomes negative zero, as in ONNX's own cases.
  const isNegativeZero = special === "fnuz" || special === "none";
  const nan = isNegativeZero ? signBit : special === "ieee" ? infinity + 2 ** (mantissaBits - 1) : signBit - 1;
  if (Number.isNaN(value)) return isNegativeZero ? nan : negative + nan;
  const magnitude = Math.abs(value);
  const exponent = Math.max(1 - bias, Math.floor(Math.log2(magnitude || Number.MIN_VALUE)));
  let pattern = (exponent + bias - 1) * 2 ** mantissaBits + roundHalfEven(magnitude / 2 ** (exponent - mantissaBits));
  const largest = special === "ieee" ? infinity - 1 : special === "fn" ? signBit - 2 : signBit - 1;
  if (pattern > largest || magnitude === Number.POSITIVE_INFINITY) {
    if (special === "none" || (saturate && (special !== "ieee" || type.startsWith("float8")))) pattern = largest;
    else if (special === "ieee") pattern = infinity;
    else return special === "fnuz" ? nan : negative + nan;
  }
  return special === "fnuz" && pattern === 0 ? 0 : negative + pattern;
}

/** Rounds to the nearest integer, ties to even, as ONNX `Round` does (−0.5 gives −0); JavaScript's `Math.round` does not. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 && value < 0 ? -0 : rounded;
}
