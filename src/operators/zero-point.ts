/** @file Zero points: the integer that stands for 0, taken off the codes of a quantized tensor. */

import { numbers, type Tensor } from "../base/tensor.ts";
import { broadcastIndices } from "./loops.ts";

/** codes − zero point as doubles; a vector of zero points runs along `axis`, a tensor of them broadcasts. */
export function withoutZeroPoint(x: Tensor, zero: Tensor | undefined, axis: number): Float64Array<ArrayBuffer> {
  const values = Float64Array.from(numbers(x));
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
