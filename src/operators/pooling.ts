/** @file Pooling: shapes, loops and counts that MaxPool, AveragePool, LpPool and the global pools share. */

import { fail } from "../base/errors.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { flag, ints, required } from "./attributes.ts";
import { doubles } from "./matrix.ts";
import type { Known } from "./operator.ts";
import {
  type Places,
  placesOf,
  type Window,
  type WindowAttributes,
  windowAttributes,
  windowDims,
  windowOf,
} from "./window.ts";
import { type Bound, type OpKind, streaming, type Work } from "./work.ts";

export const poolAttributes = { ...windowAttributes, kernel_shape: required(ints()), ceil_mode: flag(false) };

export interface PoolAttributes extends WindowAttributes {
  readonly kernel_shape: readonly number[];
  readonly ceil_mode: boolean;
}

/** [N, C, out…] of a pool; unknown where the rank is. @throws FemtoError `shape.rank` */
export function poolDims(x: Known, at: PoolAttributes): readonly Dim[] | undefined {
  if (x.dims === undefined) return undefined;
  checkSpatial(x);
  return [...x.dims.slice(0, 2), ...windowDims(at, at.kernel_shape, x.dims.slice(2), at.ceil_mode)];
}

export const poolWindow = (at: PoolAttributes, dims: readonly Dim[]): Window =>
  windowOf(at, at.kernel_shape, dims.slice(2));

/** Index tables of a pool over one channel of x. */
export function poolPlaces(at: PoolAttributes, dims: readonly number[]): Places {
  const spatial = dims.slice(2);
  return placesOf(poolWindow(at, dims), spatial, windowDims(at, at.kernel_shape, spatial, at.ceil_mode) as number[]);
}

/** Refuses inputs without a spatial axis. */
export function checkSpatial(x: Known): void {
  if (x.dims !== undefined && x.dims.length < 3) {
    fail({
      code: "shape.rank",
      where: "input X",
      message: `has ${x.dims.length} dimensions, expected at least 3`,
      expected: "[N, C, spatial…]",
      got: `[${x.dims.join(", ")}]`,
    });
  }
}

/** [N, C, 1 …] of a global pool. */
export function globalDims(x: Known): readonly Dim[] | undefined {
  checkSpatial(x);
  return x.dims?.map((dim, axis) => (axis < 2 ? dim : 1));
}

/**
 * Calls `visit` for every channel and output position with the flat output index, the flat index of the channel's
 * first element, and the padded position of the window.
 */
export function forWindows(
  dims: readonly number[],
  places: Places,
  visit: (output: number, base: number, origin: number) => void,
): void {
  const plane = sizeOf(dims.slice(2));
  const channels = dims[0]! * dims[1]!;
  const positions = places.origins.length;
  for (let channel = 0; channel < channels; channel++) {
    for (let p = 0; p < positions; p++) visit(channel * positions + p, channel * plane, places.origins[p]!);
  }
}

/** One number for each channel: `reduce` gets all values and the range of the channel. */
export function overPlanes(
  x: Tensor,
  reduce: (values: Float64Array, from: number, to: number) => number,
): { dims: number[]; values: Float64Array<ArrayBuffer> } {
  const values = doubles(x);
  const plane = sizeOf(x.dims.slice(2));
  const out = new Float64Array(x.dims[0]! * x.dims[1]!);
  for (let i = 0; i < out.length; i++) out[i] = reduce(values, i * plane, (i + 1) * plane);
  return { dims: x.dims.map((dim, axis) => (axis < 2 ? dim : 1)), values: out };
}

/** Work of a pool with `perTap` operations for every tap but the first and `perOutput` for every result. */
export function poolWork(
  inputs: readonly Bound[],
  outputs: readonly Bound[],
  taps: number,
  perTap: Partial<Record<OpKind, number>>,
  perOutput: Partial<Record<OpKind, number>> = {},
): Work {
  const size = sizeOf(outputs[0]!.dims);
  const ops: Partial<Record<OpKind, number>> = {};
  for (const [op, count] of Object.entries(perTap)) ops[op as OpKind] = count * size * Math.max(0, taps - 1);
  for (const [op, count] of Object.entries(perOutput)) ops[op as OpKind] = (ops[op as OpKind] ?? 0) + count * size;
  return streaming(inputs, outputs, ops);
}
