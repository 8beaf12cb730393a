/** @file Zero points: the integer that stands for 0, taken off the codes of a quantized tensor and put back on results. */

import { integerRange } from "../base/dtype.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { broadcastIndices } from "./loops.ts";

/** codes − zero point as doubles; a vector of zero points runs along `axis`, a tensor of them broadcasts. */
export function withoutZeroPoint(x: Tensor, zero: Tensor | undefined, axis: number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(numbers(x));
  if (zero === undefined) return values;
  const points = numbers(zero);
  if (points.length === 1) {
    for (let i = 0; i < values.length; i++) values[i]! -= points[0]!;
    return values;
  }
  const wide = zero.dims.length > 1 ? zero.dims : x.dims.map((_, i) => (i === axis ? points.length : 1));
  const from = broadcastIndices(wide, x.dims);
  for (let i = 0; i < values.length; i++) values[i]! -= points[from[i]!]!;
  return values;
}

/**
 * Integer sums as 8-bit codes, in float32 steps as ONNX Runtime takes them:
 * saturate(round half even(sum · scale) + zero point).
 * @param scaleOf the combined scale (input · weight / output) of the element at a flat index
 */
export function requantize(
  sums: Float64Array<ArrayBuffer>,
  dims: readonly number[],
  zero: Tensor,
  scaleOf: (index: number) => number,
): Tensor {
  const { min, max } = integerRange(zero.dtype);
  const point = numbers(zero)[0]!;
  const codes = sums.map((sum, i) => {
    const code = roundHalfEven(Math.fround(Math.fround(sum) * scaleOf(i))) + point;
    return Math.min(Number(max), Math.max(Number(min), code));
  });
  return tensor(zero.dtype, dims, codes);
}

/** The combined scales a·b/y in float32, one for each element of `b`. */
export function combinedScales(a: Tensor, b: Tensor, y: Tensor): number[] {
  const [first, last] = [numbers(a)[0]!, numbers(y)[0]!];
  return Array.from(numbers(b), (scale) => Math.fround(Math.fround(first * scale) / last));
}
