/** @file CenterCropPad: crops or zero-pads to a shape, the same on both sides (the odd one at the end). ONNX CenterCropPad-18. */

import { f32, i64, integers } from "../base/tensor.ts";
import { ints } from "./attributes.ts";
import { dimsIn, span } from "./contents.ts";
import { operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { movement } from "./work.ts";

/** The source of each place of an axis that goes from `length` to `target` elements; −1 where nothing was. */
function centred(length: number, target: number): number[] {
  const shift = target < length ? Math.floor((length - target) / 2) : -Math.floor((target - length) / 2);
  return span(target).map((i) => (i + shift >= 0 && i + shift < length ? i + shift : -1));
}

const resolved = (axes: readonly number[] | undefined, rank: number): number[] =>
  axes === undefined ? span(rank) : axes.map((axis) => axisIndex(axis, rank));

export const CenterCropPad = operator("CenterCropPad", {
  since: 18,
  arity: [2, 2],
  attributes: { axes: ints() },
  shape: ([x, shape], { axes }, context) => {
    if (x.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
    const target = dimsIn(shape);
    const dims = [...x.dims];
    for (const [i, axis] of resolved(axes, dims.length).entries()) dims[axis] = target?.[i] ?? context.fresh("cropped");
    return [{ dtype: x.dtype, dims }];
  },
  run: ([x, shape], { axes }) => {
    const target = integers(shape);
    let y = x;
    for (const [i, axis] of resolved(axes, x.dims.length).entries()) {
      const along = centred(y.dims[axis]!, target[i]!);
      y = pick(y, y.dims.with(axis, along.length), pickAlong(y.dims, axis, along));
    }
    return [y];
  },
  // ∂L/∂x = dy brought back to the shape of x: cropping undoes padding and padding cropping. Going back rounds as
  // going forth did: both leave ⌊difference / 2⌋ in front.
  gradient: (g, [x], [dy], { axes }) => {
    const shape = g.op("Shape", [x]);
    return [g.op("CenterCropPad", [dy, axes === undefined ? shape : g.op("Gather", [shape, g.ints(axes)])], { axes })];
  },
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "crop rows, pad columns",
      inputs: [f32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), i64([1, 5])],
      expected: [f32([1, 5], [0, 3, 4, 0, 0])],
    },
    {
      name: "one axis, from the end",
      inputs: [f32([1, 3], [1, 2, 3]), i64([2])],
      attributes: { axes: [-1] },
      expected: [f32([1, 2], [1, 2])],
    },
  ],
});
