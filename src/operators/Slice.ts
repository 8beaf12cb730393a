/** @file Slice: from start to end in steps, along some axes; negative steps run backwards. ONNX Slice-13. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, stridesOf } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { dimsIn, intsIn, span } from "./contents.ts";
import { type Known, operator } from "./operator.ts";
import { pick, walk } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { sliceGradient } from "./slice-gradient.ts";
import { cutDim, cutOf } from "./slicing.ts";
import { movement } from "./work.ts";

function contentsOf(x: Known, start: Dim, end: Dim, step: number): readonly Dim[] | undefined {
  if (x.contents === undefined || typeof start === "string" || typeof end === "string") return undefined;
  const cut = cutOf(x.contents.length, start, end, step);
  return span(cut.size).map((i) => x.contents![cut.start + i * step]!);
}

function checkLengths(starts: number, ends: number, axes: number, rank: number): void {
  if (starts !== ends || axes !== starts || starts > rank) {
    fail({
      code: "shape.slice",
      message: "starts, ends and axes do not fit together",
      expected: `equally many, at most ${rank}`,
      got: `${starts} starts, ${ends} ends, ${axes} axes`,
    });
  }
}

export const Slice = operator("Slice", {
  since: 10,
  arity: [3, 5],
  attributes: {},
  shape: ([x, startsInput, endsInput, axesInput, stepsInput], _at, context) => {
    if (x.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
    const [starts, ends, steps] = [dimsIn(startsInput), dimsIn(endsInput), intsIn(stepsInput)];
    const count = starts?.length ?? startsInput.dims?.[0];
    const named = axesInput === undefined && typeof count === "number" ? span(count) : intsIn(axesInput);
    if (named === undefined) return [{ dtype: x.dtype, dims: x.dims.map(() => context.fresh("slice")) }];
    const axes = named.map((axis) => axisIndex(axis, x.dims!.length));
    const dims = [...x.dims];
    if (starts === undefined || ends === undefined || (stepsInput !== undefined && steps === undefined)) {
      for (const axis of axes) dims[axis] = context.fresh("slice");
      return [{ dtype: x.dtype, dims }];
    }
    checkLengths(starts.length, ends.length, axes.length, dims.length);
    for (const [i, axis] of axes.entries()) dims[axis] = cutDim(dims[axis]!, starts[i]!, ends[i]!, steps?.[i] ?? 1);
    const contents = axes.length === 1 ? contentsOf(x, starts[0]!, ends[0]!, steps?.[0] ?? 1) : undefined;
    return [{ dtype: x.dtype, dims, contents }];
  },
  run: ([x, ...bounds]) => {
    const [starts, ends, named, steps] = bounds.map((bound) => bound && integers(bound));
    const axes = (named ?? span(starts!.length)).map((axis) => axisIndex(axis, x.dims.length));
    checkLengths(starts!.length, ends!.length, axes.length, x.dims.length);
    const dims = [...x.dims];
    const strides = stridesOf(x.dims);
    let offset = 0;
    for (const [i, axis] of axes.entries()) {
      const cut = cutOf(x.dims[axis]!, starts![i]!, ends![i]!, steps?.[i] ?? 1);
      dims[axis] = cut.size;
      offset += cut.start * strides[axis]!;
      strides[axis]! *= cut.step;
    }
    return [pick(x, dims, walk(dims, strides, offset))];
  },
  // ∂L/∂x = dy at the positions that were taken, zero elsewhere
  gradient: sliceGradient,
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "two axes, one backwards in steps",
      inputs: [f32([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i64([0, -1]), i64([1, -5]), i64([0, 1]), i64([1, -2])],
      expected: [f32([1, 2], [4, 2])],
    },
    {
      name: "first axis by default, end beyond",
      inputs: [f32([3, 2], [1, 2, 3, 4, 5, 6]), i64([1]), i64([1000])],
      expected: [f32([2, 2], [3, 4, 5, 6])],
    },
    {
      name: "middle of an axis counted from the end",
      inputs: [f32([1, 5], [1, 2, 3, 4, 5]), i64([-4]), i64([-1]), i64([-1])],
      expected: [f32([1, 3], [2, 3, 4])],
    },
    {
      name: "every second",
      inputs: [f32([5], [1, 2, 3, 4, 5]), i64([0]), i64([5]), i64([0]), i64([2])],
      expected: [f32([3], [1, 3, 5])],
    },
    {
      name: "nothing",
      inputs: [f32([3], [1, 2, 3]), i64([2]), i64([1])],
      expected: [f32([0], [])],
      gradientOf: [],
    },
    { name: "int64", inputs: [i64([5, 6, 7]), i64([1]), i64([3])], expected: [i64([6, 7])] },
  ],
});
