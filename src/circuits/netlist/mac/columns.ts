/** @file Bits by their weight: the partial products of a multiplier, reduced to two rows and added. */

import type { NetlistBuilder } from "../builder.ts";
import { type Net, ONE, ZERO } from "../netlist.ts";

/** `columns[i]` holds the bits of weight 2^i; the sum is taken modulo 2^columns.length. */
export type Columns = Net[][];

export const emptyColumns = (width: number): Columns => Array.from({ length: width }, () => []);

/** Puts a bit into its column; bits beyond the width vanish modulo 2^width. */
export function addBit(columns: Columns, weight: number, net: Net): void {
  if (net !== ZERO) columns[weight]?.push(net);
}

/** Adds a constant modulo 2^width: a one in each column where the constant has one. */
export function addConstant(columns: Columns, constant: bigint): void {
  columns.forEach((column, bit) => {
    if ((constant >> BigInt(bit)) & 1n) column.push(ONE);
  });
}

/** 3:2 and 2:2 counters, column by column in stages (Wallace), until no column holds more than two bits. */
export function reduceColumns(b: NetlistBuilder, columns: Columns): Columns {
  let current = columns;
  while (current.some(({ length }) => length > 2)) {
    const next = emptyColumns(columns.length);
    current.forEach((column, weight) => {
      let rest = column;
      // Only columns that are too high are touched: a half adder moves a bit without removing one.
      while (rest.length >= 3) {
        const [sum, carry] = b.fullAdder(rest[0]!, rest[1]!, rest[2]!);
        addBit(next, weight, sum);
        addBit(next, weight + 1, carry);
        rest = rest.slice(3);
      }
      if (rest.length === 2 && column.length > 2) {
        const [sum, carry] = b.halfAdder(rest[0]!, rest[1]!);
        addBit(next, weight, sum);
        addBit(next, weight + 1, carry);
        rest = [];
      }
      for (const net of rest) addBit(next, weight, net);
    });
    current = next;
  }
  return current;
}

/** Ripple-carry sum of columns of at most two bits. */
export function rippleAdd(b: NetlistBuilder, columns: Columns): Net[] {
  let carry: Net = ZERO;
  return columns.map(([first = ZERO, second = ZERO]) => {
    const [sum, next] = b.fullAdder(first, second, carry);
    carry = next;
    return sum;
  });
}
