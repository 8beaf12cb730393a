/**
 * @file Quantisation: which scale serves which element, and rounding after every step, for QuantizeLinear and
 * DequantizeLinear. A scale is one for the tensor, one for each index of an axis, or one for each block along an axis.
 */

import { type DType, isInteger } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { bitsToFloat, floatToBits, isSoftFloat } from "../base/soft-float.ts";
import { sizeOf } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Known } from "./operator.ts";
import { axisIndex } from "./shapes.ts";

export interface Granularity {
  readonly axis: number;
  /** Elements along the axis that share a scale; 0 where scales are not blocked. */
  readonly block_size: number;
}

export type Grain = "tensor" | "axis" | "block";

/** What a scale of these dimensions means. @throws FemtoError `shape.scale` */
export function grainOf(dims: readonly Dim[], scale: readonly Dim[], { axis, block_size }: Granularity): Grain {
  const refuse = (expected: string): never =>
    fail({
      code: "shape.scale",
      where: "input scale",
      message: `does not fit x of shape [${dims.join(", ")}]`,
      expected,
      got: `[${scale.join(", ")}]`,
    });
  if (scale.length === 0) return "tensor";
  if (block_size > 0) {
    const along = axisIndex(axis, dims.length);
    const wanted = dims.map((dim, i) => (i === along && typeof dim === "number" ? Math.ceil(dim / block_size) : dim));
    const fits = (dim: Dim, i: number) => typeof dim === "string" || typeof scale[i] === "string" || dim === scale[i];
    return wanted.length === scale.length && wanted.every(fits) ? "block" : refuse(`[${wanted.join(", ")}]`);
  }
  if (scale.length > 1) return refuse("a scalar, a vector along the axis, or a block_size");
  if (scale[0] === 1) return "tensor";
  const size = dims[axisIndex(axis, dims.length)];
  return typeof size === "number" && typeof scale[0] === "number" && size !== scale[0]
    ? refuse(`[${size}], as on axis ${axis}`)
    : "axis";
}

/** For every element of x, the flat index of its scale. */
export function scaleIndices(dims: readonly number[], scale: readonly number[], granularity: Granularity): Int32Array {
  const indices = new Int32Array(sizeOf(dims));
  const grain = grainOf(dims, scale, granularity);
  if (grain === "tensor") return indices;
  const axis = axisIndex(granularity.axis, dims.length);
  const size = dims[axis]!;
  const inner = sizeOf(dims.slice(axis + 1));
  const block = granularity.block_size;
  for (let i = 0; i < indices.length; i++) {
    const along = Math.floor(i / inner) % size;
    const outer = Math.floor(i / (inner * size));
    indices[i] = grain === "axis" ? along : (outer * scale[axis]! + Math.floor(along / block)) * inner + (i % inner);
  }
  return indices;
}

/** Refuses a zero point of another shape than the scale. */
export function checkZeroPoint(scale: Known, zero: Known | undefined): void {
  if (zero?.dims === undefined || scale.dims === undefined) return;
  const isSame = zero.dims.length === scale.dims.length && zero.dims.every((dim, i) => dim === scale.dims![i]);
  // A scalar and a vector of one element are told apart by few exporters.
  if (isSame || (sizeOf(zero.dims as number[]) === 1 && sizeOf(scale.dims as number[]) === 1)) return;
  fail({
    code: "shape.scale",
    where: "input zero_point",
    message: "has another shape than the scale",
    expected: `[${scale.dims.join(", ")}]`,
    got: `[${zero.dims.join(", ")}]`,
  });
}

/** Rounds a double to a floating-point type. */
export function roundingTo(dtype: DType): (value: number) => number {
  if (dtype === "float32") return Math.fround;
  if (isSoftFloat(dtype)) return (value) => bitsToFloat(dtype, floatToBits(dtype, value, false));
  return isInteger(dtype) ? Math.fround : (value) => value;
}
