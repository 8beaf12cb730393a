/** @file Tuples of indices (GatherND, ScatterND): each names a block of data by its first axes. */

import { fail } from "../base/errors.ts";
import { numbers, sizeOf, stridesOf, type Tensor } from "../base/tensor.ts";
import { boxOf } from "./lanes.ts";

/**
 * Flat indices into data (of shape `dims`) of all elements of the blocks that `indices` names, tuple after tuple.
 * The first `batch` axes of data and indices run together. @throws FemtoError `data.index`
 */
export function blockPositions(dims: readonly number[], indices: Tensor, batch: number): Int32Array {
  const width = indices.dims.at(-1)!;
  const strides = stridesOf(dims);
  const inner = sizeOf(dims.slice(batch + width));
  const [batches, tuples] = boxOf(indices.dims.slice(0, -1), 0, batch).slice(1) as [number, number];
  const batchStep = sizeOf(dims.slice(batch));
  const values = numbers(indices);
  const positions = new Int32Array(batches * tuples * inner);
  for (let t = 0; t < batches * tuples; t++) {
    let start = Math.floor(t / tuples) * batchStep;
    for (let k = 0; k < width; k++) {
      const length = dims[batch + k]!;
      const index = values[t * width + k]!;
      if (index < -length || index >= length) {
        fail({
          code: "data.index",
          message: `index ${index} is out of range`,
          expected: `${-length} to ${length - 1}`,
        });
      }
      start += (index < 0 ? index + length : index) * strides[batch + k]!;
    }
    for (let i = 0; i < inner; i++) positions[t * inner + i] = start + i;
  }
  return positions;
}
