/** @file Concat: tensors one after the other along an axis. ONNX Concat-13. */

import { kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { f32, i64, type Tensor, zeros } from "../base/tensor.ts";
import { addDims, type Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { int, required } from "./attributes.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { boxOf } from "./lanes.ts";
import { type Known, operator } from "./operator.ts";
import { axisIndex, sameTypes } from "./shapes.ts";
import { movement } from "./work.ts";

/** The shape of the whole; a number wins over a symbol on the other axes. @throws FemtoError `shape.concat` */
function joined(shapes: readonly (readonly Dim[])[], axis: number): Dim[] {
  const [first, ...others] = shapes as [readonly Dim[], ...(readonly Dim[])[]];
  const dims = [...first];
  for (const shape of others) {
    const isFitting =
      shape.length === dims.length &&
      shape.every((dim, i) => i === axis || typeof dim === "string" || typeof dims[i] === "string" || dim === dims[i]);
    if (!isFitting) {
      fail({
        code: "shape.concat",
        message: `shapes do not fit along axis ${axis}`,
        expected: "equal dimensions on all other axes",
        got: shapes.map((s) => `[${s.join(", ")}]`).join(", "),
      });
    }
    for (const [i, dim] of shape.entries()) {
      if (i === axis) dims[i] = addDims(dims[i]!, dim);
      else if (typeof dim === "number") dims[i] = dim;
    }
  }
  return dims;
}

function contentsOf(inputs: readonly Known[]): readonly Dim[] | undefined {
  if (inputs.some((input) => input.contents === undefined)) return undefined;
  return inputs.flatMap((input) => input.contents!);
}

/** Tensors one after the other along an axis. */
export function concatenated(tensors: readonly Tensor[], axis: number): Tensor {
  const out = zeros(
    tensors[0]!.dtype,
    joined(
      tensors.map((t) => t.dims),
      axis,
    ) as number[],
  );
  const width = kindOf(out.dtype) === "complex" ? 2 : 1;
  const [outer, length, inner] = boxOf(out.dims, axis);
  let at = 0;
  for (const t of tensors) {
    const run = t.dims[axis]! * inner * width;
    for (let o = 0; o < outer; o++) {
      const from = o * run;
      const to = (o * length + at) * inner * width;
      for (let i = 0; i < run; i++)
        (out.data as unknown as number[])[to + i] = (t.data as unknown as number[])[from + i]!;
    }
    at += t.dims[axis]!;
  }
  return out;
}

/** The size of each input along the axis as an int64 vector. */
function sizes(g: Emit, inputs: readonly Value[], axis: number): Value {
  const dims = inputs.map((input) => dimsOf(input)[axis]!);
  if (dims.every((dim) => typeof dim === "number")) return g.ints(dims);
  return g.op(
    "Concat",
    dims.map((dim, i) =>
      typeof dim === "number" ? g.ints([dim]) : g.op("Shape", [inputs[i]], { start: axis, end: axis + 1 }),
    ),
    { axis: 0 },
  );
}

export const Concat = operator("Concat", {
  since: 11,
  arity: [1, Number.POSITIVE_INFINITY],
  attributes: { axis: required(int()) },
  shape: (inputs, at) => {
    sameTypes(...inputs);
    const dtype = inputs[0].dtype;
    if (inputs.some((input) => input.dims === undefined)) return [{ dtype, dims: undefined }];
    const axis = axisIndex(at.axis, inputs[0].dims!.length);
    return [
      {
        dtype,
        dims: joined(
          inputs.map((input) => input.dims!),
          axis,
        ),
        contents: contentsOf(inputs),
      },
    ];
  },
  run: (inputs, { axis }) => [concatenated(inputs, axisIndex(axis, inputs[0].dims.length))],
  // ∂L/∂xᵢ = the part of dy that came from xᵢ
  gradient: (g, inputs, [dy], at) => {
    if (inputs.length === 1) return [dy];
    const axis = axisIndex(at.axis, rankOf(inputs[0]));
    return g.ops("Split", [dy, sizes(g, inputs, axis)], { axis }, inputs.length);
  },
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "columns",
      inputs: [f32([2, 1], [1, 2]), f32([2, 2], [3, 4, 5, 6])],
      attributes: { axis: 1 },
      expected: [f32([2, 3], [1, 3, 4, 2, 5, 6])],
    },
    {
      name: "three, axis from the end, one empty",
      inputs: [f32([2], [1, 2]), f32([0], []), f32([1], [3])],
      attributes: { axis: -1 },
      expected: [f32([3], [1, 2, 3])],
    },
    { name: "one", inputs: [f32([2], [1, 2])], attributes: { axis: 0 }, expected: [f32([2], [1, 2])] },
    { name: "int64", inputs: [i64([7]), i64([8, 9])], attributes: { axis: 0 }, expected: [i64([7, 8, 9])] },
  ],
});
