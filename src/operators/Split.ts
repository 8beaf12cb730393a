/** @file Split: consecutive parts along an axis, of given sizes or equal ones (the last may be smaller). ONNX Split-18. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers } from "../base/tensor.ts";
import { type Dim, divideDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { int } from "./attributes.ts";
import { dimsIn, span } from "./contents.ts";
import type { Emit } from "./emit.ts";
import { zerosLike } from "./fill.ts";
import { operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { movement } from "./work.ts";

/** Sizes of `parts` parts: equal, rounded up, the last takes what is left. */
function equalParts(dim: Dim, parts: number): Dim[] {
  if (typeof dim === "string") return span(parts).map(() => divideDims(dim, parts) ?? `(${dim}/${parts})`);
  const size = Math.ceil(dim / parts);
  return span(parts).map((part) => Math.max(0, Math.min(size, dim - part * size)));
}

function checkSizes(dim: Dim, sizes: readonly Dim[]): void {
  if (typeof dim === "string" || sizes.some((size) => typeof size === "string")) return;
  const total = (sizes as number[]).reduce((sum, size) => sum + size, 0);
  if (total !== dim || (sizes as number[]).some((size) => size < 0)) {
    fail({
      code: "shape.split",
      where: "input split",
      message: "sizes do not add up to the dimension",
      expected: `parts of ${dim}`,
      got: `[${sizes.join(", ")}]`,
    });
  }
}

/** ∂L/∂x: the parts' gradients in a row, zeros where none flows. */
function gathered(g: Emit, dys: readonly (Value | undefined)[], outputs: readonly Value[], axis: number): Value {
  const parts = outputs.map((output, i) => dys[i] ?? zerosLike(g, output));
  return parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis });
}

export const Split = operator("Split", {
  since: 18,
  arity: [1, 2],
  outputs: Number.POSITIVE_INFINITY,
  attributes: { axis: int(0), num_outputs: int() },
  shape: ([x, split], at, context) => {
    const parts = at.num_outputs ?? context.outputs;
    if (x.dims === undefined) return span(context.outputs).map(() => ({ dtype: x.dtype, dims: undefined }));
    const axis = axisIndex(at.axis, x.dims.length);
    const known = split === undefined ? equalParts(x.dims[axis]!, parts) : dimsIn(split);
    const sizes = known ?? span(context.outputs).map(() => context.fresh("split"));
    if (sizes.length !== context.outputs) {
      fail({
        code: "shape.split",
        message: `makes ${sizes.length} parts`,
        expected: `${context.outputs}, one for each output`,
      });
    }
    checkSizes(x.dims[axis]!, sizes);
    return sizes.map((size) => ({ dtype: x.dtype, dims: x.dims!.with(axis, size) }));
  },
  run: ([x, split], at, context) => {
    const axis = axisIndex(at.axis, x.dims.length);
    const sizes = split === undefined ? equalParts(x.dims[axis]!, at.num_outputs ?? context.outputs) : integers(split);
    checkSizes(x.dims[axis]!, sizes);
    let start = 0;
    return (sizes as number[]).map((size) => {
      const part = pick(x, x.dims.with(axis, size), pickAlong(x.dims, axis, span(size, start)));
      start += size;
      return part;
    });
  },
  // ∂L/∂x = the parts' gradients joined again
  gradient: (g, _inputs, dys, { axis }, outputs) => [gathered(g, dys, outputs, axis)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "sizes",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), i64([1, 2])],
      attributes: { axis: -1 },
      outputs: 2,
      expected: [f32([2, 1], [1, 4]), f32([2, 2], [2, 3, 5, 6])],
    },
    {
      name: "equal parts, the last smaller",
      inputs: [f32([5], [1, 2, 3, 4, 5])],
      attributes: { num_outputs: 3 },
      outputs: 3,
      expected: [f32([2], [1, 2]), f32([2], [3, 4]), f32([1], [5])],
    },
    {
      name: "an empty part",
      inputs: [f32([2], [1, 2]), i64([0, 2])],
      outputs: 2,
      expected: [f32([0], []), f32([2], [1, 2])],
    },
  ],
});
