/** @file Pad: more (or fewer) elements at both ends of axes: a constant, a reflection, the edge, or the other end. ONNX Pad-19. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, scalar, sizeOf } from "../base/tensor.ts";
import { addDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { text } from "./attributes.ts";
import { dimsIn, intsIn, intsOf, span } from "./contents.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { addAlong } from "./gather-gradient.ts";
import { operator } from "./operator.ts";
import { type PadMode, padPositions } from "./padding.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

function checkCount(pads: number, axes: number): void {
  if (pads !== 2 * axes) {
    fail({
      code: "shape.pad",
      where: "input pads",
      message: "has a wrong size",
      expected: `${2 * axes}`,
      got: `${pads}`,
    });
  }
}

/** The positions of a padded axis as a vector value: a constant, or numbers padded in the same way at run time. */
function positions(g: Emit, x: Value, axis: number, pads: Value, i: number, count: number, mode: PadMode): Value {
  const known = intsOf(pads);
  const length = dimsOf(x)[axis]!;
  if (known !== undefined && typeof length === "number") {
    return g.ints([...padPositions(length, known[i]!, known[i + count]!, mode)]);
  }
  const int64 = (value: number) => g.constant(scalar("int64", value));
  const size = g.op("Squeeze", [g.op("Shape", [x], { start: axis, end: axis + 1 }), g.ints([0])]);
  const ends = g.op("Gather", [pads, g.ints([i, i + count])]);
  return g.op("Pad", [g.op("Range", [int64(0), size, int64(1)]), ends], { mode });
}

export const Pad = operator("Pad", {
  since: 19,
  arity: [2, 4],
  attributes: { mode: text("constant", "reflect", "edge", "wrap") },
  shape: ([x, padsInput, , axesInput], _at, context) => {
    if (x.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
    const pads = dimsIn(padsInput);
    const named = axesInput === undefined ? span(x.dims.length) : intsIn(axesInput);
    if (pads === undefined || named === undefined) {
      return [{ dtype: x.dtype, dims: x.dims.map(() => context.fresh("padded")) }];
    }
    checkCount(pads.length, named.length);
    const dims = [...x.dims];
    for (const [i, axis] of named.map((axis) => axisIndex(axis, dims.length)).entries()) {
      dims[axis] = addDims(addDims(dims[axis]!, pads[i]!), pads[i + named.length]!);
    }
    return [{ dtype: x.dtype, dims }];
  },
  run: ([x, padsInput, value, axesInput], { mode }) => {
    const pads = integers(padsInput);
    const named = axesInput === undefined ? span(x.dims.length) : integers(axesInput);
    checkCount(pads.length, named.length);
    let y = x;
    for (const [i, axis] of named.map((axis) => axisIndex(axis, x.dims.length)).entries()) {
      if (pads[i] === 0 && pads[i + named.length] === 0) continue;
      const along = padPositions(y.dims[axis]!, pads[i]!, pads[i + named.length]!, mode);
      y = pick(y, y.dims.with(axis, along.length), pickAlong(y.dims, axis, along), value);
    }
    return [y];
  },
  // constant: ∂L/∂x = dy padded by the opposite amounts, ∂L/∂value = Σ of the rest of dy;
  // else: dy added at the places the elements were copied from
  gradient: (g, [x, pads, value, axesInput], [dy], { mode }) => {
    const rank = rankOf(x);
    if (mode === "constant") {
      const known = intsOf(pads);
      const opposite = known === undefined ? g.neg(pads) : g.ints(known.map((pad) => 0 - pad));
      const dx = g.op("Pad", [dy, opposite, undefined, axesInput]);
      if (value === undefined) return [dx];
      const rest = g.sub(g.sum(dy, span(rank)), g.sum(dx, span(rank)));
      return [dx, undefined, rankOf(value) === 0 ? rest : g.reshape(rest, [1])];
    }
    const named = axesInput === undefined ? span(rank) : intsOf(axesInput);
    if (named === undefined) {
      fail({ code: "gradient.dynamic", where: "input axes", message: "must be known before the graph runs" });
    }
    let dx = dy;
    for (const [i, axis] of named.map((axis) => axisIndex(axis, rank)).entries()) {
      const known = intsOf(pads);
      if (known?.[i] === 0 && known[i + named.length] === 0) continue;
      dx = addAlong(g, dx, axis, positions(g, x, axis, pads, i, named.length, mode), x);
    }
    return [dx];
  },
  work: (inputs, [y]) => streaming(inputs, [y], { select: Math.max(0, sizeOf(y.dims) - sizeOf(inputs[0].dims)) }),
  tolerance: 0,
  examples: [
    {
      name: "a constant",
      inputs: [f32([2, 2], [1, 2, 3, 4]), i64([0, 1, 1, 0]), f32([], [9])],
      expected: [f32([3, 3], [9, 1, 2, 9, 3, 4, 9, 9, 9])],
    },
    {
      name: "zeros on a named axis, cut off at the other end",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), i64([2, -1]), undefined, i64([-1])],
      expected: [f32([2, 4], [0, 0, 1, 2, 0, 0, 4, 5])],
    },
    {
      name: "a reflection",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), i64([0, 2, 0, 1])],
      attributes: { mode: "reflect" },
      expected: [f32([2, 6], [3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5])],
    },
    {
      name: "the edge on two axes",
      inputs: [f32([2, 2], [1, 2, 3, 4]), i64([1, 0, 0, 1])],
      attributes: { mode: "edge" },
      expected: [f32([3, 3], [1, 2, 2, 1, 2, 2, 3, 4, 4])],
    },
    {
      name: "the other end",
      inputs: [f32([3], [1, 2, 3]), i64([2, 1])],
      attributes: { mode: "wrap" },
      expected: [f32([6], [2, 3, 1, 2, 3, 1])],
    },
    {
      name: "an empty tensor becomes constant",
      inputs: [f32([0, 1], []), i64([1, 0, 0, 1]), f32([], [4])],
      expected: [f32([1, 2], [4, 4])],
      gradientOf: [],
    },
    { name: "int64", inputs: [i64([5, 6]), i64([1, 1])], expected: [i64([0, 5, 6, 0])] },
  ],
});
