/** @file LpPool: the p-norm of each window, (Σ |x|ᵖ)^(1/p). ONNX LpPool-18. */

import { fail } from "../base/errors.ts";
import { f32, sizeOf } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { transposeAttributes } from "./conv-input-gradient.ts";
import { dimsOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { powerSlope, rootOf, rootSlope } from "./lp-pool-rule.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { forWindows, poolAttributes, poolDims, poolPlaces, poolWindow, poolWork } from "./pooling.ts";

export const LpPool = operator("LpPool", {
  since: 18,
  arity: [1, 1],
  attributes: { ...poolAttributes, p: int(2) },
  shape: ([x], at) => [{ dtype: x.dtype, dims: poolDims(x, at) }],
  run: ([x], at) => {
    const places = poolPlaces(at, x.dims);
    const values = doubles(x);
    const dims = [...x.dims.slice(0, 2), ...places.out];
    const out = new Float64Array(sizeOf(dims));
    forWindows(x.dims, places, (output, base, origin) => {
      let sum = 0;
      for (const tap of places.taps) {
        const from = places.source[origin + tap]!;
        if (from >= 0) sum += Math.abs(values[base + from]!) ** at.p;
      }
      out[output] = rootOf(sum, at.p);
    });
    return [fromNumbers(x.dtype, dims, out)];
  },
  // dx = sign(x)·|x|^(p−1) · the transposed convolution of dy·y^(1−p) with a kernel of ones
  gradient: (g, [x], [dy], at, [y]) => {
    const [, channels, ...spatial] = dimsOf(x);
    if (typeof channels !== "number") {
      return fail({
        code: "gradient.symbol",
        message: `the number of channels ${channels} of a pool must be a number`,
      });
    }
    const window = poolWindow(at, dimsOf(x));
    const kernel = g.tensorLike(
      x,
      [channels, 1, ...window.kernel],
      new Array(channels * sizeOf(window.kernel)).fill(1),
    );
    const attributes = { group: channels, ...transposeAttributes(window, spatial, dimsOf(dy).slice(2)) };
    const spread = g.op("ConvTranspose", [rootSlope(g, y!, dy, at.p), kernel], attributes);
    return [g.mul(powerSlope(g, x, at.p), spread)];
  },
  work: ([x], [y], at) =>
    poolWork([x], [y], sizeOf(at.kernel_shape), { add: 1, multiply: at.p - 1 }, { multiply: at.p - 1, squareRoot: 1 }),
  examples: [
    {
      name: "the Euclidean norm",
      inputs: [f32([1, 1, 2, 4], [3, 1, -6, 0.5, 1, 5, 2, 3])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      expected: [f32([1, 1, 1, 2], [6, Math.sqrt(49.25)])],
    },
    {
      name: "p = 3, padding, overlapping windows",
      inputs: [f32([1, 2, 3], [1, -2, 3, 0.5, 4, -1])],
      attributes: { kernel_shape: [2], pads: [1, 0], p: 3 },
      expected: [f32([1, 2, 3], [1, Math.cbrt(9), Math.cbrt(35), 0.5, Math.cbrt(64.125), Math.cbrt(65)])],
    },
    {
      name: "p = 1, dilation",
      inputs: [f32([1, 1, 5], [1, -2, 3, 4, -5])],
      attributes: { kernel_shape: [2], dilations: [2], p: 1 },
      expected: [f32([1, 1, 3], [4, 6, 8])],
    },
    {
      name: "ceil mode",
      inputs: [f32([1, 1, 5], [3, 4, 5, -12, 7])],
      attributes: { kernel_shape: [2], strides: [2], ceil_mode: true },
      expected: [f32([1, 1, 3], [5, 13, 7])],
    },
  ],
});
