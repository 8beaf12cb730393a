/** @file Evaluates gates 32 samples at a time: what tests hold simplification and synthesis against. */

import { isInverted, type Literal, type Logic, nodeOf } from "./logic.ts";

/** The word of every literal asked for, given one word an input. */
export function evaluateGates(logic: Logic, inputs: ArrayLike<number>, wanted: readonly Literal[]): number[] {
  const words = new Int32Array(logic.size);
  const at = (literal: Literal) => (isInverted(literal) ? ~words[nodeOf(literal)]! : words[nodeOf(literal)]!);
  for (let i = 0; i < logic.inputs; i++) words[1 + i] = inputs[i]!;
  for (let node = 1 + logic.inputs; node < logic.size; node++) {
    const { kind, left, right } = logic.gate(node)!;
    words[node] = kind === "and" ? at(left) & at(right) : at(left) ^ at(right);
  }
  return wanted.map((literal) => at(literal) >>> 0);
}
