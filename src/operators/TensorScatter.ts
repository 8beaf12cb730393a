/**
 * @file TensorScatter: new entries written into a cache along its sequence axis, from a place of its own for each batch
 * row on; `circular` wraps round at the end. ONNX TensorScatter-24.
 */

import { fail } from "../base/errors.ts";
import { f32, i64, numbers, stridesOf, type Tensor } from "../base/tensor.ts";
import { int, text } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { walk } from "./pick.ts";
import { scatterInto } from "./scattering.ts";
import { axisIndex, sameTypes } from "./shapes.ts";
import { movement } from "./work.ts";

/** Flat index into the cache for every element of the update. */
function placesOf(
  past: Tensor,
  update: Tensor,
  starts: ArrayLike<number>,
  axis: number,
  isCircular: boolean,
): Int32Array {
  const strides = stridesOf(past.dims);
  const length = past.dims[axis]!;
  const along = (named: number) =>
    walk(
      update.dims,
      strides.map((_, i) => (i === named ? 1 : 0)),
    );
  const [base, batch, sequence] = [walk(update.dims, strides.with(axis, 0)), along(0), along(axis)];
  return base.map((start, i) => {
    const place = sequence[i]! + (starts[batch[i]!] ?? 0);
    if (place >= length && !isCircular) {
      fail({ code: "data.index", message: `entry ${place} lies behind the cache`, expected: `less than ${length}` });
    }
    return start + (place % length) * strides[axis]!;
  });
}

export const TensorScatter = operator("TensorScatter", {
  since: 24,
  arity: [2, 3],
  attributes: { axis: int(-2), mode: text("linear", "circular") },
  shape: ([past, update]) => {
    sameTypes(past, update);
    return [{ dtype: past.dtype, dims: past.dims }];
  },
  run: ([past, update, starts], at) => {
    const axis = axisIndex(at.axis, past.dims.length);
    const places = placesOf(past, update, starts === undefined ? [] : numbers(starts), axis, at.mode === "circular");
    return [scatterInto(past, places, update, "none")];
  },
  gradient: none("caches belong to inference; training sees whole sequences"),
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "one entry for each row",
      inputs: [f32([2, 3, 1], [1, 2, 3, 4, 5, 6]), f32([2, 1, 1], [10, 20]), i64([0, 2])],
      expected: [f32([2, 3, 1], [10, 2, 3, 4, 5, 20])],
    },
    {
      name: "circular",
      inputs: [f32([1, 3, 1], [1, 2, 3]), f32([1, 2, 1], [10, 20]), i64([2])],
      attributes: { mode: "circular" },
      expected: [f32([1, 3, 1], [20, 2, 10])],
    },
    {
      name: "from the front",
      inputs: [f32([1, 3], [1, 2, 3]), f32([1, 2], [10, 20])],
      attributes: { axis: 1 },
      expected: [f32([1, 3], [10, 20, 3])],
    },
  ],
});
