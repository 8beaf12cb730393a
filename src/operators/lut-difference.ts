/**
 * @file Extended finite differences (DWN, arXiv 2410.11112; QuWeiT sheet M3): how the output of a lookup table answers to
 * one of its address bits. With h(a, c) the Hamming distance of two addresses, bit k left out, and sgn = +1 where bit k
 * of c is 1, else −1: w_k(a) = Σ_c sgn(c, k)·weight(h(a, c))·U[c].
 *
 * Since it is linear in U, one product gives it for every address at once, W_k = U·D_kᵀ, and every sample only reads.
 */

/** `exponential`: α·β^h, α = ½·¾ⁿ⁻¹, β = ⅓ (the authors' code); `linear`: 1/(h + 1) (their paper); `plain`: h = 0 alone. */
export type Difference = "exponential" | "linear" | "plain";

export interface DifferenceAttributes {
  readonly difference: Difference;
  /** In place of ½·¾ⁿ⁻¹. */
  readonly alpha: number | undefined;
  readonly beta: number;
}

/** β of the authors: 0.25/0.75. */
export const BETA = 1 / 3;

/** α for which the weights of one half of a table add up to ½, with β = ⅓. */
export const alphaOf = (inputs: number): number => 0.5 * 0.75 ** (inputs - 1);

/** The weight of entries at a Hamming distance, for tables of so many inputs. */
export function differenceWeight(
  { difference, alpha, beta }: DifferenceAttributes,
  inputs: number,
): (h: number) => number {
  if (difference === "linear") return (h) => 1 / (h + 1);
  if (difference === "plain") return (h) => (h === 0 ? 1 : 0);
  const first = alpha ?? alphaOf(inputs);
  return (h) => first * beta ** h;
}

/** Ones in the binary form. */
export function onesIn(value: number): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest &= rest - 1) ones++;
  return ones;
}

/**
 * D as [inputs, 2ⁿ, 2ⁿ]: element (k, c, a) is what U[c] counts for in w_k(a), so that U·D gives [inputs, tables, 2ⁿ].
 */
export function differences(inputs: number, attributes: DifferenceAttributes): Float64Array<ArrayBuffer> {
  const size = 1 << inputs;
  const weight = differenceWeight(attributes, inputs);
  const out = new Float64Array(inputs * size * size);
  let at = 0;
  for (let k = 0; k < inputs; k++) {
    for (let c = 0; c < size; c++) {
      const sign = (c >> k) & 1 ? 1 : -1;
      for (let a = 0; a < size; a++) out[at++] = sign * weight(onesIn((a ^ c) & ~(1 << k)));
    }
  }
  return out;
}
