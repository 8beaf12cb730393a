/** @file GridSample: reads an image at given positions by nearest, linear or cubic interpolation. ONNX GridSample-20. */

import { roundHalfEven } from "../base/soft-float.ts";
import { f32, numbers, sizeOf, stridesOf } from "../base/tensor.ts";
import { flag, text } from "./attributes.ts";
import { bodyGradient } from "./body-gradient.ts";
import { sampled } from "./grid-sample-graph.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { checkSpatial } from "./pooling.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

type PaddingMode = "zeros" | "border" | "reflection";

/** One axis of the image: how many elements, and where reflection turns back. */
interface Axis {
  readonly size: number;
  readonly least: number;
  readonly most: number;
}

/** Mirrors a position at the borders until it lies between them. */
function reflected(position: number, { least, most }: Axis): number {
  const range = most - least;
  if (range === 0) return least;
  const beyond = position < least ? least - position : position > most ? position - most : 0;
  if (beyond === 0) return position;
  const rest = beyond % range;
  const isEven = Math.floor(beyond / range) % 2 === 0;
  return position < least === isEven ? least + rest : most - rest;
}

/** Where an element that may lie outside is read; −1 stands for a zero. */
function elementAt(index: number, axis: Axis, mode: PaddingMode): number {
  if (index >= 0 && index < axis.size) return index;
  if (mode === "zeros") return -1;
  return Math.min(axis.size - 1, Math.max(0, mode === "border" ? index : Math.trunc(reflected(index, axis))));
}

/** Keys' cubic kernel with a = −0.75 for the four neighbours of a position `t` behind the second. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** The elements along one axis that a position mixes, and their weights. */
function tapsAt(position: number, axis: Axis, mode: string, padding: PaddingMode): { index: number; weight: number }[] {
  const start = mode === "nearest" ? roundHalfEven(position) : position;
  const isInside = start >= axis.least && start <= axis.most;
  const moved =
    isInside || padding === "zeros"
      ? start
      : padding === "border"
        ? Math.min(axis.size - 1, Math.max(0, start))
        : reflected(start, axis);
  const base = Math.floor(moved);
  const t = moved - base;
  const weights = mode === "nearest" ? [1] : mode === "linear" ? [1 - t, t] : cubicWeights(t);
  const first = mode === "cubic" ? base - 1 : base;
  return weights.map((weight, i) => ({ index: elementAt(first + i, axis, padding), weight }));
}

export const GridSample = operator("GridSample", {
  since: 20,
  arity: [2, 2],
  attributes: {
    align_corners: flag(false),
    mode: text("linear", "nearest", "cubic"),
    padding_mode: text("zeros", "border", "reflection"),
  },
  shape: ([x, grid]) => {
    checkSpatial(x);
    if (x.dims !== undefined) checkRank(grid, x.dims.length, "grid");
    if (x.dims === undefined || grid.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
    return [{ dtype: x.dtype, dims: [...x.dims.slice(0, 2), ...grid.dims.slice(1, -1)] }];
  },
  run: ([x, grid], at) => {
    const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
    const rank = spatial.length;
    const axes = spatial.map(
      (size): Axis => (at.align_corners ? { size, least: 0, most: size - 1 } : { size, least: -0.5, most: size - 0.5 }),
    );
    const strides = stridesOf(spatial);
    const plane = sizeOf(spatial);
    const places = sizeOf(grid.dims.slice(1, -1));
    const [values, where] = [doubles(x), numbers(grid)];
    const out = new Float64Array(batch * channels * places);
    for (let place = 0; place < batch * places; place++) {
      // The grid names the last axis first, from −1 to 1
      let taps = [{ offset: 0, weight: 1 }];
      for (const [axis, own] of axes.entries()) {
        const normal = where[place * rank + rank - 1 - axis]!;
        const position = at.align_corners ? ((normal + 1) / 2) * (own.size - 1) : ((normal + 1) * own.size - 1) / 2;
        const along = tapsAt(position, own, at.mode, at.padding_mode);
        taps = taps.flatMap(({ offset, weight }) =>
          along.flatMap((tap) =>
            tap.index < 0 ? [] : [{ offset: offset + tap.index * strides[axis]!, weight: weight * tap.weight }],
          ),
        );
      }
      const image = Math.floor(place / places);
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (const { offset, weight } of taps) sum += weight * values[(image * channels + c) * plane + offset]!;
        out[(image * channels + c) * places + (place % places)] = sum;
      }
    }
    return [fromNumbers(x.dtype, [batch, channels, ...grid.dims.slice(1, -1)], out)];
  },
  // The sampling written out: gathers times weights that depend on the grid
  gradient: (g, [x, grid], dys, at) => bodyGradient(g, [x, grid], dys, () => [sampled(g, x!, grid!, at)]),
  work: (inputs, outputs, at) => {
    const size = sizeOf(outputs[0]!.dims);
    const taps = { nearest: 1, linear: 2, cubic: 4 }[at.mode] ** (inputs[0]!.dims.length - 2);
    return streaming(inputs, outputs, { multiply: taps * size, add: taps * size, round: sizeOf(inputs[1]!.dims) });
  },
  examples: [
    {
      name: "linear, zeros outside",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 4]), f32([1, 1, 3, 2], [0, 0, -0.5, -0.5, 1, 0.5])],
      // the middle; the first pixel; half of the outer column is outside
      expected: [f32([1, 1, 1, 3], [2.5, 1, 2])],
      // The second position lies on a pixel, where the interpolation has a kink
      gradientOf: [0],
    },
    {
      name: "corners aligned",
      inputs: [f32([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), f32([1, 2, 1, 2], [-1, 1, 0.5, 0])],
      attributes: { align_corners: true },
      expected: [f32([1, 1, 2, 1], [4, 4])],
      gradientOf: [0],
    },
    {
      name: "nearest, border",
      inputs: [f32([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), f32([1, 1, 2, 2], [-1.7, 0.4, 3, -3])],
      attributes: { mode: "nearest", padding_mode: "border" },
      expected: [f32([1, 2, 1, 2], [3, 2, 7, 6])],
    },
    {
      name: "cubic, reflection",
      inputs: [f32([1, 1, 3, 3], [1, 2, 4, -1, 0.5, 3, 2, 5, -2]), f32([1, 1, 3, 2], [0.3, -0.2, -1.4, 0.6, 0.9, 1.1])],
      attributes: { mode: "cubic", padding_mode: "reflection" },
    },
    {
      name: "linear between pixels, border, two images",
      inputs: [
        f32([2, 1, 3, 2], [1, 2, 4, -1, 0.5, 3, 2, 5, -2, 0, 1.5, -1]),
        f32([2, 2, 1, 2], [0.3, -0.2, -1.4, 0.55, 0.13, 1.7, -0.45, 0.2]),
      ],
      attributes: { padding_mode: "border" },
    },
    {
      name: "linear between pixels, reflection, corners aligned",
      inputs: [
        f32([1, 2, 2, 3], [1, 2, 4, -1, 0.5, 3, 2, 5, -2, 0, 1.5, -1]),
        f32([1, 1, 2, 2], [0.3, -0.2, -1.4, 3.3]),
      ],
      attributes: { padding_mode: "reflection", align_corners: true },
    },
    {
      name: "three axes, linear",
      inputs: [f32([1, 1, 2, 1, 2], [1, 2, 5, 8]), f32([1, 1, 1, 2, 3], [0, 0, 0, 0.5, 0, -0.5])],
      expected: [f32([1, 1, 1, 1, 2], [4, 2])],
      gradientOf: [0],
    },
  ],
});
