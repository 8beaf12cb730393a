/** @file The least and greatest code of QONNX's integers of some bits; the bit-width is an input, so also as nodes. */

import type { Value } from "../graph/value.ts";
import type { Emit } from "./emit.ts";

export interface Signedness {
  readonly signed: boolean;
  /** Leaves out one code, so that signed codes are symmetric. */
  readonly narrow: boolean;
}

/** [−2^(b−1), 2^(b−1) − 1] or [0, 2^b − 1]; narrow: without the least signed or the greatest unsigned code. */
export function codeRange(bits: number, { signed, narrow }: Signedness): readonly [low: number, high: number] {
  const spare = narrow ? 1 : 0;
  return signed ? [-(2 ** (bits - 1)) + spare, 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1 - spare];
}

/** The same as nodes, in the element type of `bits`. */
export function emitRange(g: Emit, bits: Value, { signed, narrow }: Signedness): readonly [low: Value, high: Value] {
  const number = (value: number) => g.scalar(bits, value);
  const power = g.op("Pow", [number(2), signed ? g.sub(bits, number(1)) : bits]);
  const high = g.sub(power, number(narrow && !signed ? 2 : 1));
  if (!signed) return [number(0), high];
  return [narrow ? g.sub(number(1), power) : g.neg(power), high];
}

/** Two ways to go, by whether signed codes have one bit (then they are −1 and 1); decided at once where it is known. */
export function choose(g: Emit, bits: Value, { signed }: Signedness, one: () => Value, more: () => Value): Value {
  if (!signed) return more();
  const known = bits.producer === undefined ? bits.constant?.data[0] : undefined;
  if (known !== undefined) return Number(known) === 1 ? one() : more();
  return g.where(g.op("Equal", [bits, g.scalar(bits, 1)]), one(), more());
}
