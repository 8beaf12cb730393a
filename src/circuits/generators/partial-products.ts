/** @file The bits of a signed product w · a before they are added: radix-4 Booth rows or a Baugh-Wooley array. */

import { and, bit, bitConstant, type Expression, type ModuleBuilder, not, or, xor } from "../verilog/index.ts";
import type { Columns } from "./columns.ts";

/**
 * Radix-4 Booth: w = Σ d_k · 4^k with d_k = −2·w_{2k+1} + w_{2k} + w_{2k−1}. A row is the digit's multiple of a in
 * ones' complement where the digit is negative, plus 1 at its foot; its sign bit is put in as ¬s − 1.
 */
export function putBoothRows(m: ModuleBuilder, columns: Columns, w: Expression, a: Expression): void {
  const sign = (e: Expression, i: number) => bit(e, Math.min(i, e.width - 1));
  for (let k = 0; 2 * k < w.width; k++) {
    const [high, middle] = [sign(w, 2 * k + 1), sign(w, 2 * k)];
    const low = k === 0 ? bitConstant(0) : bit(w, 2 * k - 1);
    const one = m.wire(`booth${k}_one`, xor(middle, low));
    const two = m.wire(`booth${k}_two`, and(xor(high, middle), not(one)));
    const negative = m.wire(`booth${k}_neg`, and(high, or(one, two)));
    for (let i = 0; i <= a.width; i++) {
      const single = and(sign(a, i), one);
      const multiple = i === 0 ? single : or(single, and(bit(a, i - 1), two));
      const row = m.wire(`booth${k}_row${i}`, xor(multiple, negative));
      if (i < a.width) columns.put(row, 2 * k + i);
      else columns.putNegative(not(row), 2 * k + i);
    }
    columns.put(negative, 2 * k);
  }
}

/** Baugh-Wooley: products with exactly one sign bit count negative and are put in inverted, −b = ¬b − 1. */
export function putBaughWooleyArray(m: ModuleBuilder, columns: Columns, w: Expression, a: Expression): void {
  for (let j = 0; j < w.width; j++) {
    for (let i = 0; i < a.width; i++) {
      const isNegative = (j === w.width - 1) !== (i === a.width - 1);
      const product = and(bit(w, j), bit(a, i));
      const name = `product_${j}_${i}`;
      if (isNegative) columns.putNegative(m.wire(name, not(product)), i + j);
      else columns.put(m.wire(name, product), i + j);
    }
  }
}
