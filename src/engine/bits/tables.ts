/** @file Truth tables: packed words in which bit a is the value at address a; input 0 counts least. */

import { wordsPerTable } from "./network.ts";

export const bitAt = (table: Uint32Array, address: number): number => (table[address >>> 5]! >>> (address & 31)) & 1;

/** The table of n inputs whose value at address a is `valueAt(a)`. */
export function tableFrom(n: number, valueAt: (address: number) => number): Uint32Array {
  const table = new Uint32Array(wordsPerTable(n));
  for (let address = 0; address < 2 ** n; address++) {
    if (valueAt(address) !== 0) table[address >>> 5]! |= 1 << (address & 31);
  }
  return table;
}

/** The same function of its inputs in another order: new input k is old input `order[k]`. */
export function permuted(table: Uint32Array, n: number, order: readonly number[]): Uint32Array {
  if (order.every((old, k) => old === k)) return table;
  return tableFrom(n, (address) => {
    let old = 0;
    for (let k = 0; k < n; k++) if ((address >>> k) & 1) old |= 1 << order[k]!;
    return bitAt(table, old);
  });
}

/** Whether the function depends on input k. */
export function dependsOn(table: Uint32Array, n: number, k: number): boolean {
  const flip = 1 << k;
  for (let address = 0; address < 2 ** n; address++) {
    if ((address & flip) === 0 && bitAt(table, address) !== bitAt(table, address | flip)) return true;
  }
  return false;
}

/** The complement; bits beyond 2^n stay 0. */
export const complement = (table: Uint32Array, n: number): Uint32Array =>
  tableFrom(n, (address) => 1 - bitAt(table, address));
