/** @file How large the accumulators of a layer can become, whatever the input is: a proof by the sum of absolute weights. */

import { numbers, stridesOf, type Tensor } from "../../base/tensor.ts";
import type { QuantGrid } from "../../rewrites/index.ts";

/** Floats count in whole numbers up to here. */
export const FLOAT_EXACT = 2 ** 24;

/** int32 ends here. */
export const INT32_EXACT = 2 ** 31 - 1;

/**
 * max over channels of Σ|w|·max|x − zero| + |bias|: no partial sum, in any order, is larger.
 * @param axis along which output channels lie
 */
export function largestAccumulator(
  codes: Tensor,
  axis: number,
  { least, most, zero }: QuantGrid,
  bias?: Tensor,
): number {
  const channels = codes.dims[axis]!;
  const stride = stridesOf(codes.dims)[axis]!;
  const reach = Math.max(Math.abs(least - zero), Math.abs(most - zero));
  const sums = new Float64Array(channels);
  const values = numbers(codes);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / stride) % channels]! += Math.abs(values[i]!) * reach;
  for (const [c, value] of (bias === undefined ? [] : numbers(bias)).entries()) sums[c % channels]! += Math.abs(value);
  return sums.reduce((largest, sum) => Math.max(largest, sum), 0);
}
