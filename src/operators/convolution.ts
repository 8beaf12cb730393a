/** @file Convolution: shapes, loops and counts that Conv, ConvInteger and QLinearConv share. */

import { fail } from "../base/errors.ts";
import { numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { type Dim, multiplyDims } from "../graph/dims.ts";
import { int, ints } from "./attributes.ts";
import { multiplyRows } from "./matrix.ts";
import type { Known } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import {
  axisNames,
  placesOf,
  type Window,
  type WindowAttributes,
  windowAttributes,
  windowDims,
  windowOf,
} from "./window.ts";
import type { Bound, Work } from "./work.ts";

/** Attributes of Conv and its integer relatives. */
export const convAttributes = { ...windowAttributes, group: int(1), kernel_shape: ints() };

export interface ConvAttributes extends WindowAttributes {
  readonly group: number;
  readonly kernel_shape: readonly number[] | undefined;
}

/** The kernel sizes, from the attribute or the weight. @throws FemtoError `shape.kernel`, `shape.symbol` */
export function kernelOf(attribute: readonly number[] | undefined, weight: readonly Dim[]): number[] {
  const dims = weight.slice(2);
  return dims.map((dim, axis) => {
    const said = attribute?.[axis];
    if (typeof dim === "string") {
      return said ?? fail({ code: "shape.symbol", where: "input W", message: `kernel size ${dim} is not known` });
    }
    if (said !== undefined && (said !== dim || attribute!.length !== dims.length)) {
      fail({
        code: "shape.kernel",
        where: "attribute kernel_shape",
        message: "differs from the shape of the weight",
        expected: `[${dims.join(", ")}]`,
        got: `[${attribute!.join(", ")}]`,
      });
    }
    return dim;
  });
}

/** Output dimensions [N, O, out…]. @throws FemtoError `shape.*` */
export function convDims(x: Known, w: Known, at: ConvAttributes): readonly Dim[] | undefined {
  if (x.dims === undefined || w.dims === undefined) return undefined;
  if (x.dims.length < 3) {
    fail({
      code: "shape.rank",
      where: "input X",
      message: `has ${x.dims.length} dimensions, expected at least 3`,
      got: `[${x.dims.join(", ")}]`,
    });
  }
  checkRank(w, x.dims.length, "W");
  const kernel = kernelOf(at.kernel_shape, w.dims);
  const [n, channels, ...spatial] = x.dims as [Dim, Dim, ...Dim[]];
  const [o, i] = w.dims as [Dim, Dim];
  const needed = multiplyDims(i, at.group);
  if (typeof channels === "number" && typeof needed === "number" && channels !== needed) {
    fail({
      code: "shape.channels",
      where: "input X",
      message: `has ${channels} channels, expected ${needed}`,
      expected: `${i} a group × ${at.group} groups`,
      got: `X [${x.dims.join(", ")}], W [${w.dims.join(", ")}]`,
    });
  }
  if (typeof o === "number" && o % at.group !== 0) {
    fail({
      code: "shape.channels",
      where: "input W",
      message: `${o} output channels do not divide into ${at.group} groups`,
    });
  }
  return [n, o, ...windowDims(at, kernel, spatial)];
}

/** The window of a convolution whose shapes are known. */
export const convWindow = (at: ConvAttributes, x: readonly Dim[], w: readonly Dim[]): Window =>
  windowOf(at, kernelOf(at.kernel_shape, w), x.slice(2));

/** Doubles with a shape. */
export interface Plain {
  readonly dims: readonly number[];
  readonly values: Float64Array<ArrayBuffer>;
}

/**
 * y[n, o, p] = Σ x[n, i, p·stride + t·dilation − pad] · w[o, i, t]: im2col rows of one image and group at a time,
 * times the weights' rows. Padded zeros are multiplied like everything else.
 */
export function convolve(x: Plain, w: Plain, group: number, window: Window): Plain & { macs: number } {
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const [outputs, inputs] = w.dims as [number, number];
  const places = placesOf(window, spatial);
  const [plane, positions, taps] = [sizeOf(spatial), places.origins.length, places.taps.length];
  const padded = places.source.length;
  const columns = inputs * taps;
  const outputsPerGroup = outputs / group;
  const image = new Float64Array(inputs * padded);
  const rows = new Float64Array(positions * columns);
  const offsets = Int32Array.from(
    { length: columns },
    (_, k) => Math.floor(k / taps) * padded + places.taps[k % taps]!,
  );
  const values = new Float64Array(batch * outputs * positions);
  let macs = 0;
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < group; g++) {
      for (let i = 0; i < inputs; i++) {
        const base = (n * channels + g * inputs + i) * plane;
        for (let p = 0; p < padded; p++) {
          const from = places.source[p]!;
          image[i * padded + p] = from < 0 ? 0 : x.values[base + from]!;
        }
      }
      for (let p = 0; p < positions; p++) {
        const origin = places.origins[p]!;
        for (let k = 0; k < columns; k++) rows[p * columns + k] = image[origin + offsets[k]!]!;
      }
      macs += multiplyRows(
        { values: w.values, start: g * outputsPerGroup * columns },
        { values: rows, start: 0 },
        { values, start: (n * outputs + g * outputsPerGroup) * positions },
        [outputsPerGroup, positions, columns],
      );
    }
  }
  return { dims: [batch, outputs, ...places.out], values, macs };
}

/** Adds one number per channel to [N, C, …]. */
export function addBias(values: Float64Array, dims: readonly number[], bias: Tensor | undefined): void {
  if (bias === undefined) return;
  const plane = values.length / (dims[0]! * dims[1]!);
  const shift = numbers(bias);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! + shift[Math.floor(i / plane) % dims[1]!]!;
}

/** Loops `n g o i`, one `o…` per output axis and one `k…` per kernel axis; MACs include the taps on padding. */
export function convWork(x: Bound, w: Bound, y: Bound, at: ConvAttributes, inputs: { x: number; w: number }): Work {
  const window = convWindow(at, x.dims, w.dims);
  const names = axisNames(window.kernel.length);
  const perGroup = w.dims[0]! / at.group;
  return {
    loops: [
      { name: "n", size: x.dims[0]! },
      { name: "g", size: at.group },
      { name: "o", size: perGroup },
      ...names.map((name, axis) => ({ name: `o${name}`, size: y.dims[axis + 2]! })),
      { name: "i", size: w.dims[1]! },
      ...names.map((name, axis) => ({ name: `k${name}`, size: window.kernel[axis]! })),
    ],
    ops: [{ op: "mac", count: sizeOf(y.dims) * sizeOf(w.dims.slice(1)) }],
    access: [
      {
        tensor: { input: inputs.x },
        role: "read",
        elements: sizeOf(x.dims),
        index: [
          { n: 1 },
          { g: w.dims[1]!, i: 1 },
          ...names.map((name, axis) => ({
            [`o${name}`]: window.strides[axis]!,
            [`k${name}`]: window.dilations[axis]!,
          })),
        ],
      },
      {
        tensor: { input: inputs.w },
        role: "read",
        elements: sizeOf(w.dims),
        index: [{ g: perGroup, o: 1 }, { i: 1 }, ...names.map((name) => ({ [`k${name}`]: 1 }))],
      },
      {
        tensor: { output: 0 },
        role: "accumulate",
        elements: sizeOf(y.dims),
        index: [{ n: 1 }, { g: perGroup, o: 1 }, ...names.map((name) => ({ [`o${name}`]: 1 }))],
      },
    ],
  };
}

/** Work of the bias: one addition per output element. */
export function withBias(work: Work, bias: Bound | undefined, y: Bound, perGroup: number, input: number): Work {
  if (bias === undefined) return work;
  return {
    ...work,
    ops: [...work.ops, { op: "add", count: sizeOf(y.dims) }],
    access: [
      ...work.access,
      { tensor: { input }, role: "read", elements: bias.dims[0]!, index: [{ g: perGroup, o: 1 }] },
    ],
  };
}
