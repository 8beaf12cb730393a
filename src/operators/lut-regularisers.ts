/**
 * @file Regularisers of trained tables U [tables, 2ⁿ], as nodes that put out one number (QuWeiT sheet M5).
 *
 * The spectral form of DWN, ‖U·C‖ with C the scaled Walsh–Hadamard transform, is in the Frobenius norm plain decay of the
 * entries: the rows of C are orthogonal of norm 2^(−n/2), hence ‖U·Cᵀ‖² = ‖U‖²/2ⁿ. Total influence weighs every Walsh
 * coefficient with its degree instead: it pulls an entry towards its Hamming neighbours, read or unread.
 */

import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit } from "./emit.ts";

/** ‖Û‖² = ‖U‖²/2ⁿ, the mean of squares of each table, summed over tables. */
export function spectralEnergy(g: Emit, tables: Value): Value {
  const entries = dimsOf(tables)[1] as number;
  return g.scale(g.op("ReduceSumSquare", [tables, g.ints([0, 1])], { keepdims: false }), 1 / entries);
}

/** Σ_S |S|·Û(S)² = Σ_k mean_c ((U[c|k] − U[c&¬k])/2)², summed over tables. */
export function totalInfluence(g: Emit, tables: Value): Value {
  const [count, entries] = dimsOf(tables) as [number, number];
  const inputs = Math.log2(entries);
  let sum: Value | undefined;
  for (let k = 0; k < inputs; k++) {
    const pairs = g.reshape(tables, [count * 2 ** (inputs - 1 - k), 2, 2 ** k]);
    const [low, high] = g.ops("Split", [pairs, g.ints([1, 1])], { axis: 1 }, 2);
    // Squares of halved differences over the 2ⁿ⁻¹ pairs of each table
    const squares = g.op("ReduceSumSquare", [g.sub(high!, low!), g.ints([0, 1, 2])], { keepdims: false });
    const mean = g.scale(squares, 1 / (4 * 2 ** (inputs - 1)));
    sum = sum === undefined ? mean : g.add(sum, mean);
  }
  return sum!;
}

/** Walsh–Hadamard coefficients of one table: Û(S) = 2⁻ⁿ Σ_c U[c]·∏_{k∈S} (2c_k − 1). */
export function walsh(table: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(table);
  for (let width = 1; width < out.length; width *= 2) {
    for (let from = 0; from < out.length; from += 2 * width) {
      for (let i = from; i < from + width; i++) {
        const [low, high] = [out[i]!, out[i + width]!];
        out[i] = (low + high) / 2;
        out[i + width] = (high - low) / 2;
      }
    }
  }
  return out;
}
