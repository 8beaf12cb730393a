/** @file Pow: aᵇ with broadcasting; the result has the type of a. ONNX Pow-15. */

import { isInteger } from "../base/dtype.ts";
import { f32, i64, numbers, scalar, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { checkTypes } from "./element-types.ts";
import { mapIntegerPairs, mapPairs } from "./elements.ts";
import { dtypeOf, type Emit } from "./emit.ts";
import { operator } from "./operator.ts";
import { broadcastShape } from "./shapes.ts";
import { elementwise } from "./work.ts";

/** Integers to a negative power truncate to 0 (or to ±1 for a = ±1). */
function power(a: bigint, b: bigint): bigint {
  if (b >= 0n) return a ** b;
  return a === 1n || (a === -1n && b % 2n === 0n) ? 1n : a === -1n ? -1n : 0n;
}

/**
 * ∂y/∂a = b·a^(b−1). Where a = 0 = b, the formula says 0·∞ and the derivative is 0: the exponent is replaced there.
 * Constant exponents without zeros, nearly all of practice, need no such care.
 */
function slopeInBase(g: Emit, a: Value, b: Value, exponent: Value): Value {
  const fixed = b.producer === undefined && b.constant !== undefined ? numbers(b.constant) : undefined;
  if (fixed?.every((value) => value === 2)) return g.scale(a, 2);
  if (fixed?.every((value) => value !== 0)) return g.mul(exponent, g.op("Pow", [a, g.sub(exponent, g.scalar(a, 1))]));
  const isZero = (value: Value) => g.op("Equal", [value, g.scalar(a, 0)]);
  const isCorner = g.op("And", [isZero(a), isZero(exponent)]);
  const less = g.where(isCorner, g.scalar(a, 1), g.sub(exponent, g.scalar(a, 1)));
  return g.mul(exponent, g.op("Pow", [a, less]));
}

export const Pow = operator("Pow", {
  since: 12,
  arity: [2, 2],
  attributes: {},
  shape: ([a, b]) => {
    checkTypes([a, b], "number");
    return broadcastShape([a, b], a!.dtype);
  },
  run: ([a, b]) => {
    if (isInteger(a!.dtype) && isInteger(b!.dtype)) return [mapIntegerPairs(a!, b!, power)];
    return [mapPairs(a!, b!, (x, y) => (isInteger(a!.dtype) ? Math.trunc(x ** y) : x ** y))];
  },
  // ∂L/∂a = dy · b · a^(b−1); ∂L/∂b = dy · y · ln a, where a = 0 taken as 0 (the limit for b > 0); NaN for a < 0.
  gradient: (g, [a, b], [dy], _at, [y]) => {
    const exponent = g.cast(b!, dtypeOf(a!));
    const da = g.sumTo(g.mul(dy!, slopeInBase(g, a!, b!, exponent)), a!);
    if (!dtypeOf(b!).includes("float")) return [da, undefined];
    const base = g.where(g.op("Equal", [a!, g.scalar(a!, 0)]), g.scalar(a!, 1), a!);
    const db = g.mul(g.mul(dy!, y!), g.op("Log", [base]));
    return [da, g.cast(g.sumTo(db, b!), dtypeOf(b!))];
  },
  work: elementwise({ exponential: 1, logarithm: 1, multiply: 1 }),
  examples: [
    {
      name: "squares",
      inputs: [f32([3], [1.5, -2, 0]), scalar("float32", 2)],
      expected: [f32([3], [2.25, 4, 0])],
      gradientOf: [0],
    },
    {
      name: "broadcast exponents",
      inputs: [f32([2, 1], [4, 0.25]), f32([3], [0.5, -1, 3])],
      expected: [f32([2, 3], [2, 0.25, 64, 0.5, 4, 0.015625])],
    },
    {
      name: "exponent zero",
      inputs: [f32([2], [3, 0]), f32([2], [0, 0])],
      expected: [f32([2], [1, 1])],
      gradientOf: [0],
    },
    { name: "integer exponents", inputs: [f32([3], [2, -3, 0.5]), i64([3, 2, -2])], expected: [f32([3], [8, 9, 4])] },
    {
      name: "int64",
      inputs: [i64([3, -2]), i64([39, 3])],
      expected: [tensor("int64", [2], [4052555153018976267n, -8n])],
    },
    {
      name: "int32 to a float power",
      inputs: [tensor("int32", [2], [2, 3]), f32([2], [3, 2])],
      expected: [tensor("int32", [2], [8, 9])],
      gradientOf: [],
    },
  ],
});
