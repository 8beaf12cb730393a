/** @file Irregular numbers for examples whose values nobody needs to read. */

import { f32, sizeOf, type Tensor } from "../base/tensor.ts";

/** sin(2.3·seed + 1.7·i), rounded to hundredths. */
export const wave = (dims: readonly number[], seed: number): Tensor =>
  f32(
    dims,
    Array.from({ length: sizeOf(dims) }, (_, i) => Math.round(100 * Math.sin(seed * 2.3 + i * 1.7)) / 100),
  );
