/** @file Counting and comparing in gates: numbers are rows of literals, the lowest bit first. */

import { FALSE, type Literal, type Logic } from "./logic.ts";

export type Binary = readonly Literal[];

/**
 * How many of the literals are 1. Full adders take three bits of one weight to one of that weight and one of the next, as
 * soon as three are there, so that few are waiting at any time. N bits take N − (⌊log2 N⌋ + 1) full adders and few half
 * adders.
 */
export function popcount(logic: Logic, literals: readonly Literal[]): Binary {
  const waiting: Literal[][] = [];
  const add = (weight: number, literal: Literal): void => {
    waiting[weight] ??= [];
    const row = waiting[weight];
    row.push(literal);
    if (row.length < 3) return;
    const [a, b, c] = row.splice(0) as [Literal, Literal, Literal];
    const half = logic.xor(a, b);
    add(weight, logic.xor(half, c));
    // The majority: c where a and b differ, else a.
    add(weight + 1, logic.xor(a, logic.and(half, logic.xor(a, c))));
  };
  for (const literal of literals) add(0, literal);
  const sum: Literal[] = [];
  for (let weight = 0; weight < waiting.length; weight++) {
    const [a = FALSE, b] = waiting[weight]!;
    if (b === undefined) sum.push(a);
    else {
      sum.push(logic.xor(a, b));
      waiting[weight]!.length = 0;
      add(weight + 1, logic.and(a, b));
    }
  }
  return trimmed(sum);
}

/** Whether a > b. */
export function isGreater(logic: Logic, a: Binary, b: Binary): Literal {
  let greater: Literal = FALSE;
  for (let bit = 0; bit < Math.max(a.length, b.length); bit++) {
    const [x, y] = [a[bit] ?? FALSE, b[bit] ?? FALSE];
    greater = logic.mux(logic.xor(x, y), x, greater);
  }
  return greater;
}

/** Bit by bit `select` ? a : b. */
export const choose = (logic: Logic, select: Literal, a: Binary, b: Binary): Binary =>
  trimmed(
    Array.from({ length: Math.max(a.length, b.length) }, (_, bit) =>
      logic.mux(select, a[bit] ?? FALSE, b[bit] ?? FALSE),
    ),
  );

/**
 * The index of the greatest number, of equal ones the lowest. Neighbours compete in rounds; the right one wins only if it
 * is greater, so a bit of the index is the result of one comparison.
 */
export function argmax(logic: Logic, numbers: readonly Binary[]): Binary {
  let round = numbers.map((value) => ({ value, index: [] as Binary }));
  for (let level = 0; round.length > 1; level++) {
    const next: typeof round = [];
    for (let i = 0; i < round.length; i += 2) {
      const [left, right] = [round[i]!, round[i + 1]];
      if (right === undefined) {
        next.push({ value: left.value, index: padded(left.index, level + 1) });
        continue;
      }
      const wins = isGreater(logic, right.value, left.value);
      const index = Array.from({ length: level }, (_, bit) => logic.mux(wins, right.index[bit]!, left.index[bit]!));
      next.push({ value: choose(logic, wins, right.value, left.value), index: [...index, wins] });
    }
    round = next;
  }
  return trimmed(round[0]!.index);
}

const padded = (number: Binary, bits: number): Binary => Array.from({ length: bits }, (_, bit) => number[bit] ?? FALSE);

/** Without constant zeros at the top. */
function trimmed(number: readonly Literal[]): Binary {
  let length = number.length;
  while (length > 0 && number[length - 1] === FALSE) length--;
  return number.slice(0, length);
}
