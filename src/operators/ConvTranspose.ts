/** @file ConvTranspose: the adjoint of Conv, every input element spreads a kernel over the output. ONNX ConvTranspose-11. */

import { fail } from "../base/errors.ts";
import { f32, sizeOf } from "../base/tensor.ts";
import { addDims, type Dim, multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { channelSums } from "./channel-sums.ts";
import { weightGradient } from "./conv-weight-gradient.ts";
import { addBias, kernelOf, type Plain, withBias } from "./convolution.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles, multiplyRows, transposed } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { checkRank, sameTypes } from "./shapes.ts";
import { type TransposeConvAttributes, transposeConvAttributes, transposedWindow } from "./transposed-window.ts";
import { axisNames, placesOf, reach, type Window } from "./window.ts";
import type { Bound, Work } from "./work.ts";

/** @throws FemtoError `shape.*` */
function outputDims(x: Known, w: Known, at: TransposeConvAttributes): readonly Dim[] | undefined {
  if (x.dims === undefined || w.dims === undefined) return undefined;
  checkRank(w, x.dims.length, "W");
  const [n, channels, ...spatial] = x.dims as [Dim, Dim, ...Dim[]];
  const [inputs, perGroup] = w.dims as [Dim, Dim];
  if (typeof channels === "number" && typeof inputs === "number" && channels !== inputs) {
    fail({
      code: "shape.channels",
      where: "input X",
      message: `has ${channels} channels, expected ${inputs}`,
      got: `X [${x.dims.join(", ")}], W [${w.dims.join(", ")}]`,
    });
  }
  const { out } = transposedWindow(at, kernelOf(at.kernel_shape, w.dims), spatial);
  return [n, multiplyDims(perGroup, at.group), ...out];
}

/** Columns [O·taps] for every input position by one product per image and group, then added where the taps land. */
function spread(x: Plain, w: Plain, group: number, window: Window, out: readonly number[]): Plain & { macs: number } {
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const outputs = w.dims[1]!;
  const inputs = channels / group;
  const places = placesOf(window, out, spatial);
  const [plane, positions, taps] = [sizeOf(out), places.origins.length, places.taps.length];
  const kernels = transposed(w.values, inputs, outputs * taps);
  const images = transposed(x.values, inputs, positions);
  const columns = new Float64Array(outputs * taps * positions);
  const values = new Float64Array(batch * group * outputs * plane);
  let macs = 0;
  for (let lane = 0; lane < batch * group; lane++) {
    macs += multiplyRows(
      { values: kernels, start: (lane % group) * inputs * outputs * taps },
      { values: images, start: lane * inputs * positions },
      { values: columns, start: 0 },
      [outputs * taps, positions, inputs],
    );
    for (let row = 0; row < outputs * taps; row++) {
      const base = (lane * outputs + Math.floor(row / taps)) * plane;
      const tap = places.taps[row % taps]!;
      for (let p = 0; p < positions; p++) {
        const to = places.source[places.origins[p]! + tap]!;
        if (to >= 0) values[base + to]! += columns[row * positions + p]!;
      }
    }
  }
  return { dims: [batch, group * outputs, ...out], values, macs };
}

/** dy without what output_padding (or output_shape) added behind the last window. */
function covered(g: Emit, dy: Value, window: Window, spatial: readonly Dim[]): Value {
  const far = reach(window);
  const sizes = spatial.map((size, axis) =>
    addDims(
      multiplyDims(addDims(size, -1), window.strides[axis]!),
      far[axis]! - window.begin[axis]! - window.end[axis]!,
    ),
  );
  const have = dimsOf(dy).slice(2);
  const axes = sizes.flatMap((size, axis) => (typeof size === "number" && size !== have[axis] ? [axis] : []));
  if (axes.length === 0) return dy;
  const ends = axes.map((axis) => sizes[axis] as number);
  return g.op("Slice", [dy, g.ints(axes.map(() => 0)), g.ints(ends), g.ints(axes.map((axis) => axis + 2))]);
}

function work(x: Bound, w: Bound, y: Bound, at: TransposeConvAttributes): Work {
  const { window } = transposedWindow(at, w.dims.slice(2), x.dims.slice(2));
  const names = axisNames(window.kernel.length);
  const inputs = x.dims[1]! / at.group;
  const outputs = w.dims[1]!;
  return {
    loops: [
      { name: "n", size: x.dims[0]! },
      { name: "g", size: at.group },
      { name: "i", size: inputs },
      ...names.map((name, axis) => ({ name: `i${name}`, size: x.dims[axis + 2]! })),
      { name: "o", size: outputs },
      ...names.map((name, axis) => ({ name: `k${name}`, size: window.kernel[axis]! })),
    ],
    ops: [{ op: "mac", count: sizeOf(x.dims) * sizeOf(w.dims.slice(1)) }],
    access: [
      {
        tensor: { input: 0 },
        role: "read",
        elements: sizeOf(x.dims),
        index: [{ n: 1 }, { g: inputs, i: 1 }, ...names.map((name) => ({ [`i${name}`]: 1 }))],
      },
      {
        tensor: { input: 1 },
        role: "read",
        elements: sizeOf(w.dims),
        index: [{ g: inputs, i: 1 }, { o: 1 }, ...names.map((name) => ({ [`k${name}`]: 1 }))],
      },
      {
        tensor: { output: 0 },
        role: "accumulate",
        elements: sizeOf(y.dims),
        index: [
          { n: 1 },
          { g: outputs, o: 1 },
          ...names.map((name, axis) => ({
            [`i${name}`]: window.strides[axis]!,
            [`k${name}`]: window.dilations[axis]!,
          })),
        ],
      },
    ],
  };
}

export const ConvTranspose = operator("ConvTranspose", {
  since: 11,
  arity: [2, 3],
  attributes: transposeConvAttributes,
  shape: ([x, w, b], at) => {
    sameTypes(x, w, b);
    return [{ dtype: x.dtype, dims: outputDims(x, w, at) }];
  },
  run: ([x, w, b], at, context) => {
    const { window, out } = transposedWindow(at, kernelOf(at.kernel_shape, w.dims), x.dims.slice(2));
    const [image, kernel] = [x, w].map((t) => ({ dims: t.dims, values: doubles(t) }));
    const { dims, values, macs } = spread(image!, kernel!, at.group, window, out as number[]);
    context.tally.mac += macs;
    addBias(values, dims, b);
    return [fromNumbers(x.dtype, dims, values)];
  },
  // y[n,o,p·s+t·d−pad] += x[n,i,p]·w[i,o,t]: dx is the convolution of dy with w, dw that of Conv with x and dy exchanged
  gradient: (g, [x, w, b], [dy], at) => {
    const spatial = dimsOf(x).slice(2);
    const { window } = transposedWindow(at, kernelOf(at.kernel_shape, dimsOf(w)), spatial);
    const used = covered(g, dy, window, spatial);
    const { strides, dilations, begin, end } = window;
    return [
      g.op("Conv", [used, w], { group: at.group, strides, dilations, pads: [...begin, ...end] }),
      weightGradient(g, { x: used, dy: x, dims: dimsOf(w) }, at.group, window),
      b && channelSums(g, dy),
    ];
  },
  work: ([x, w, b], [y], at) => withBias(work(x, w, y, at), b, y, w.dims[1]!, 2),
  examples: [
    {
      name: "plain",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 4]), f32([1, 1, 2, 2], [1, 10, 100, 1000])],
      expected: [f32([1, 1, 3, 3], [1, 12, 20, 103, 1234, 2040, 300, 3400, 4000])],
    },
    {
      name: "stride, padding, output padding and bias",
      inputs: [f32([1, 1, 3], [1, 2, 3]), f32([1, 2, 3], [1, 10, 100, 1, 0, -1]), f32([2], [0.5, -0.5])],
      attributes: { strides: [2], pads: [1, 1], output_padding: [1] },
      expected: [f32([1, 2, 6], [10.5, 102.5, 20.5, 203.5, 30.5, 300.5, -0.5, 0.5, -0.5, 0.5, -0.5, -3.5])],
    },
    {
      name: "two groups, dilation",
      inputs: [f32([1, 2, 2], [1, 2, 3, 4]), f32([2, 1, 2], [1, 10, -1, 2])],
      attributes: { group: 2, dilations: [2] },
      expected: [f32([1, 2, 4], [1, 2, 10, 20, -3, -4, 6, 8])],
    },
    {
      name: "output_shape with an odd total padding",
      inputs: [f32([1, 1, 3], [1, 2, 3]), f32([1, 1, 3], [1, 10, 100])],
      attributes: { strides: [2], output_shape: [6], auto_pad: "SAME_UPPER" },
    },
    {
      name: "SAME_UPPER",
      inputs: [f32([1, 1, 3], [1, 2, 3]), f32([1, 1, 3], [1, 10, 100])],
      attributes: { strides: [2], auto_pad: "SAME_UPPER" },
      expected: [f32([1, 1, 6], [1, 10, 102, 20, 203, 30])],
    },
    {
      name: "two images, two axes, unequal everything",
      inputs: [
        f32(
          [2, 4, 2, 3],
          Array.from({ length: 48 }, (_, i) => ((i * 5) % 11) / 4 - 1),
        ),
        f32(
          [4, 1, 3, 2],
          Array.from({ length: 24 }, (_, i) => ((i * 7) % 9) / 2 - 2),
        ),
        f32([2], [0.25, -1]),
      ],
      attributes: { group: 2, strides: [2, 3], dilations: [1, 2], pads: [1, 0, 0, 1], output_padding: [1, 2] },
    },
  ],
});
