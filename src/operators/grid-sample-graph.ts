/** @file GridSample written out in gathers and weights, the body that its gradient goes through. */

import { fail } from "../base/errors.ts";
import { sizeOf, stridesOf } from "../base/tensor.ts";
import { type Dim, multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit } from "./emit.ts";

export interface GridAttributes {
  readonly align_corners: boolean;
  readonly mode: "linear" | "nearest" | "cubic";
  readonly padding_mode: "zeros" | "border" | "reflection";
}

/** The elements that one axis contributes, all values [N, places]. */
interface Tap {
  readonly index: Value;
  readonly weight: Value;
}

/** Helpers on values of one element type. */
function arithmetic(g: Emit, like: Value) {
  const number = (value: number) => g.scalar(like, value);
  const shifted = (x: Value, by: number) => (by === 0 ? x : g.add(x, number(by)));
  const clip = (x: Value, least: number, most: number) => g.op("Clip", [x, number(least), number(most)]);
  const below = (x: Value, bound: number) => g.op("Less", [x, number(bound)]);
  const above = (x: Value, bound: number) => g.op("Greater", [x, number(bound)]);
  return { number, shifted, clip, below, above };
}

/** Mirrors positions at least and most; those between stay. */
function reflect(g: Emit, x: Value, least: number, most: number): Value {
  const { number, shifted, below, above } = arithmetic(g, x);
  const range = most - least;
  if (range === 0) return g.mul(x, number(0));
  const isBelow = below(x, least);
  const isAbove = above(x, most);
  const beyond = g.where(isBelow, g.sub(number(least), x), g.where(isAbove, shifted(x, -most), number(0)));
  const turns = g.op("Floor", [g.scale(beyond, 1 / range)]);
  const rest = g.sub(beyond, g.scale(turns, range));
  const half = g.scale(turns, 0.5);
  const isEven = g.op("Equal", [g.op("Floor", [half]), half]);
  const startsLow = g.op("Equal", [isBelow, isEven]);
  const turned = g.where(startsLow, shifted(rest, least), g.sub(number(most), rest));
  return g.where(g.op("Or", [isBelow, isAbove]), turned, x);
}

/** Keys' cubic kernel with a = −0.75, as in the loops. */
function cubicWeights(g: Emit, t: Value): Value[] {
  const { number, shifted } = arithmetic(g, t);
  const polynomial = (x: Value, coefficients: readonly number[]) =>
    coefficients.slice(1).reduce((sum, c) => shifted(g.mul(sum, x), c), number(coefficients[0]!));
  const a = -0.75;
  const near = (x: Value) => polynomial(x, [a + 2, -(a + 3), 0, 1]);
  const far = (x: Value) => polynomial(x, [a, -5 * a, 8 * a, -4 * a]);
  return [far(shifted(t, 1)), near(t), near(g.sub(number(1), t)), far(g.sub(number(2), t))];
}

/** The taps of one axis of `size` elements for normalized positions. */
function tapsAlong(g: Emit, normal: Value, size: number, at: GridAttributes): Tap[] {
  const { number, shifted, clip, below, above } = arithmetic(g, normal);
  const [least, most] = at.align_corners ? [0, size - 1] : [-0.5, size - 0.5];
  const wide = shifted(normal, 1);
  const exact = at.align_corners ? g.scale(wide, (size - 1) / 2) : shifted(g.scale(wide, size / 2), -0.5);
  const start = at.mode === "nearest" ? g.op("Round", [exact]) : exact;
  const isOutside = g.op("Or", [below(start, least), above(start, most)]);
  const moved =
    at.padding_mode === "zeros"
      ? start
      : at.padding_mode === "border"
        ? g.where(isOutside, clip(start, 0, size - 1), start)
        : reflect(g, start, least, most);
  const base = g.op("Floor", [moved]);
  const t = g.sub(moved, base);
  const weights =
    at.mode === "nearest" ? [number(1)] : at.mode === "linear" ? [g.sub(number(1), t), t] : cubicWeights(g, t);
  const first = at.mode === "cubic" ? -1 : 0;
  return weights.map((weight, i) => {
    const element = shifted(base, first + i);
    const isMissing = g.op("Or", [below(element, 0), above(element, size - 1)]);
    // Truncated towards zero like an integer cast, after the mirror
    const inside = at.padding_mode === "reflection" ? reflect(g, element, least, most) : element;
    const index = g.cast(clip(inside, 0, size - 1), "int64");
    return { index, weight: at.padding_mode === "zeros" ? g.where(isMissing, number(0), weight) : weight };
  });
}

/** Y of a GridSample node. @throws FemtoError `gradient.symbol` where a size of the image is not a number */
export function sampled(g: Emit, x: Value, grid: Value, at: GridAttributes): Value {
  const [batch, channels, ...spatial] = dimsOf(x) as [Dim, Dim, ...number[]];
  const symbol = [channels, ...spatial].find((dim) => typeof dim === "string");
  if (symbol !== undefined) {
    fail({ code: "gradient.symbol", message: `dimension ${symbol} of the image must be a number` });
  }
  const out = dimsOf(grid).slice(1, -1);
  const places = multiplyDims(...out);
  const rank = spatial.length;
  const flatGrid = g.reshape(grid, [dimsOf(grid)[0]!, places, rank]);
  const strides = stridesOf(spatial);
  let taps: Tap[] | undefined;
  for (const [axis, size] of spatial.entries()) {
    // The grid names the last axis first
    const from = rank - 1 - axis;
    const normal = g.op("Squeeze", [
      g.op("Slice", [flatGrid, g.ints([from]), g.ints([from + 1]), g.ints([2])]),
      g.ints([2]),
    ]);
    const along = tapsAlong(g, normal, size, at).map(({ index, weight }) => ({
      index: strides[axis] === 1 ? index : g.mul(index, g.ints([strides[axis]!])),
      weight,
    }));
    taps =
      taps?.flatMap((head) =>
        along.map((tap) => ({ index: g.add(head.index, tap.index), weight: g.mul(head.weight, tap.weight) })),
      ) ?? along;
  }
  const flat = g.reshape(x, [batch, channels, sizeOf(spatial)]);
  const parts = taps!.map(({ index, weight }) => {
    const everywhere = g.op("Expand", [g.op("Unsqueeze", [index, g.ints([1])]), g.ints([1, channels as number, 1])]);
    const read = g.op("GatherElements", [flat, everywhere], { axis: 2 });
    return g.mul(read, dimsOf(weight).length === 0 ? weight : g.op("Unsqueeze", [weight, g.ints([1])]));
  });
  return g.reshape(
    parts.reduce((a, b) => g.add(a, b)),
    [batch, channels, ...out],
  );
}
