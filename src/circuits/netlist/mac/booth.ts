/**
 * @file Radix-4 Booth partial products of a·w (Booth 1951; MacSorley 1961): half as many rows as bits of w, each −2a, −a, 0, a
 * or 2a. What a row costs depends on its digit, which is why the energy of a multiply-accumulate depends on its weight.
 */

import type { NetlistBuilder } from "../builder.ts";
import { type Net, ZERO } from "../netlist.ts";
import { addBit, addConstant, type Columns } from "./columns.ts";

/** d_k = −2w_{2k+1} + w_{2k} + w_{2k−1}, least significant first: w = Σ d_k·4^k. `bits` is the width of w, odd widths gain a sign bit. */
export function boothDigits(w: number, bits: number): number[] {
  const bit = (i: number) => (i < 0 ? 0 : (w >> Math.min(i, bits - 1)) & 1);
  return Array.from({ length: Math.ceil(bits / 2) }, (_, k) => -2 * bit(2 * k + 1) + bit(2 * k) + bit(2 * k - 1));
}

/**
 * Puts the rows of a·w (both signed) into the columns. With n = a.length, row k carries
 * ((a_i·one) ∨ (a_{i−1}·two)) ⊕ neg at column 2k+i, the addition of `neg` at column 2k completes the two's complement, and the
 * sign extension is ¬row_n at column 2k+n together with the constant −2^(2k+n).
 */
export function boothRows(b: NetlistBuilder, a: readonly Net[], w: readonly Net[], columns: Columns): void {
  const top = a.length;
  const weightBit = (i: number): Net => (i < 0 ? ZERO : w[Math.min(i, w.length - 1)]!);
  const activationBit = (i: number): Net => (i < 0 ? ZERO : a[Math.min(i, top - 1)]!);
  let constant = 0n;
  for (let k = 0; 2 * k < w.length; k++) {
    const [low, middle, high] = [weightBit(2 * k - 1), weightBit(2 * k), weightBit(2 * k + 1)];
    const one = b.xor(middle, low);
    const two = b.and(b.xor(high, middle), b.not(one));
    const neg = b.and(high, b.or(one, two));
    for (let i = 0; i <= top; i++) {
      const row = b.xor(b.or(b.and(activationBit(i), one), b.and(activationBit(i - 1), two)), neg);
      addBit(columns, 2 * k + i, i === top ? b.not(row) : row);
    }
    addBit(columns, 2 * k, neg);
    constant -= 1n << BigInt(2 * k + top);
  }
  addConstant(columns, constant);
}
