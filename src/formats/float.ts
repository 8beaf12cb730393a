/** @file Float formats: float32, float16, bfloat16, float8 and float4. The code is the bit pattern. */

import { bitsOf } from "../base/dtype.ts";
import { bitsToFloat, floatToBits } from "../base/soft-float.ts";
import type { Format } from "./format.ts";

/** float64 is left out: its pattern does not fit a JavaScript number, and nothing that is deployed stores it. */
export const floatNames = [
  "float32",
  "float16",
  "bfloat16",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "float4e2m1",
] as const;
export type FloatName = (typeof floatNames)[number];

export interface FloatFormat extends Format {
  readonly family: "float";
  readonly id: FloatName;
}

export const isFloatName = (name: string): name is FloatName => (floatNames as readonly string[]).includes(name);

const scratch = new DataView(new ArrayBuffer(4));

function encode32(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

function decode32(pattern: number): number {
  scratch.setUint32(0, pattern);
  return scratch.getFloat32(0);
}

function makeFloat(id: FloatName): FloatFormat {
  const encode = id === "float32" ? encode32 : (value: number) => floatToBits(id, value);
  const decode = id === "float32" ? decode32 : (pattern: number) => bitsToFloat(id, pattern);
  const bits = bitsOf(id);
  const max = largest(decode, bits);
  const round = (value: number) => decode(encode(value));
  return { family: "float", id, bits, sharedBits: 0, container: id, min: -max, max, encode, decode, round };
}

/** The greatest finite pattern: walks down from the top of the positive half. */
function largest(decode: (pattern: number) => number, bits: number): number {
  if (bits === 32) return decode32(0x7f7fffff);
  let pattern = 2 ** (bits - 1) - 1;
  while (!Number.isFinite(decode(pattern))) pattern--;
  return decode(pattern);
}

const formats = Object.fromEntries(floatNames.map((name) => [name, makeFloat(name)])) as Record<FloatName, FloatFormat>;

/** `float("float16").round(0.1)` is 0.0999755859375. */
export const float = (name: FloatName): FloatFormat => formats[name];
