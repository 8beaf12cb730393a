/** @file Random pictures of the size of MNIST's, for networks that read them. */

import { Rng } from "../base/rng.ts";
import { sizeOf, type Tensor, tensor } from "../base/tensor.ts";

/** float32 [count, 1, 28, 28], half of it zero. */
export function images(count: number): Tensor {
  const rng = new Rng(9, "images");
  const dims = [count, 1, 28, 28];
  return tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => Math.max(0, rng.normal())),
  );
}
