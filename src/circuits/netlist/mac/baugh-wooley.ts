/**
 * @file Partial products of a signed product by Baugh and Wooley (1973), modified form: an AND array in which the terms of
 * one sign bit are complemented, and two constants.
 */

import type { NetlistBuilder } from "../builder.ts";
import type { Net } from "../netlist.ts";
import { addBit, addConstant, type Columns } from "./columns.ts";

/**
 * With n, m the widths of a, w: a·w = Σ ±a_i·w_j·2^(i+j), negative where exactly one of i, j is the sign bit. −x = ¬x − 1 turns each
 * negative term into its complement, and the −1s add up to 2^(n−1) + 2^(m−1) − 2^(n+m−1) modulo 2^width.
 */
export function baughWooleyRows(b: NetlistBuilder, a: readonly Net[], w: readonly Net[], columns: Columns): void {
  const [n, m] = [a.length, w.length];
  a.forEach((activation, i) => {
    w.forEach((weight, j) => {
      const isNegative = (i === n - 1) !== (j === m - 1);
      addBit(columns, i + j, isNegative ? b.gate("NAND", activation, weight) : b.and(activation, weight));
    });
  });
  addConstant(columns, (1n << BigInt(n - 1)) + (1n << BigInt(m - 1)) - (1n << BigInt(n + m - 1)));
}
