/** @file MeanVarianceNormalization: (x − mean) / (√(mean(x²) − mean²) + 1e-9) over axes. ONNX MeanVarianceNormalization-13. */

import { f32, sizeOf, stridesOf } from "../base/tensor.ts";
import { ints } from "./attributes.ts";
import { rankOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

/** What ONNX's function body adds to the standard deviation. */
const floor = 1e-9;

export const MeanVarianceNormalization = operator("MeanVarianceNormalization", {
  since: 13,
  arity: [1, 1],
  attributes: { axes: ints([0, 2, 3]) },
  shape: ([x], at) => {
    if (x.dims !== undefined) for (const axis of at.axes) axisIndex(axis, x.dims.length);
    return [{ dtype: x.dtype, dims: x.dims }];
  },
  run: ([x], at) => {
    const values = doubles(x);
    const reduced = at.axes.map((axis) => axisIndex(axis, x.dims.length));
    const kept = x.dims.map((dim, axis) => (reduced.includes(axis) ? 1 : dim));
    const [strides, keptStrides] = [stridesOf(x.dims), stridesOf(kept)];
    const group = Int32Array.from(values, (_, i) =>
      x.dims.reduce(
        (sum, dim, axis) => sum + (kept[axis] === 1 ? 0 : (Math.floor(i / strides[axis]!) % dim) * keptStrides[axis]!),
        0,
      ),
    );
    const count = values.length / sizeOf(kept);
    const mean = new Float64Array(sizeOf(kept));
    const variance = new Float64Array(sizeOf(kept));
    for (let i = 0; i < values.length; i++) mean[group[i]!]! += values[i]! / count;
    for (let i = 0; i < values.length; i++) variance[group[i]!]! += (values[i]! - mean[group[i]!]!) ** 2 / count;
    const out = values.map((value, i) => (value - mean[group[i]!]!) / (Math.sqrt(variance[group[i]!]!) + floor));
    return [fromNumbers(x.dtype, x.dims, out as Float64Array<ArrayBuffer>)];
  },
  // With c = x − μ, σ = √mean(c²), q = σ + 1e-9: dx = (dy − mean(dy))/q − c·mean(dy·c)/(σ·q²)
  gradient: (g, [x], [dy], { axes }) => {
    const reduced = axes.map((axis) => axisIndex(axis, rankOf(x)));
    const centred = g.sub(x, g.mean(x, reduced, true));
    const sigma = g.op("Sqrt", [g.mean(g.mul(centred, centred), reduced, true)]);
    const q = g.add(sigma, g.scalar(x, floor));
    const along = g.div(g.mean(g.mul(dy, centred), reduced, true), g.mul(sigma, g.mul(q, q)));
    return [g.sub(g.div(g.sub(dy, g.mean(dy, reduced, true)), q), g.mul(centred, along))];
  },
  work: ([x], [y]) => {
    const size = sizeOf(x.dims);
    return streaming([x], [y], { add: 3 * size, multiply: size, divide: size });
  },
  examples: [
    {
      name: "over batch and space",
      inputs: [f32([2, 2, 1, 2], [1, 3, 0, 4, 5, 7, 8, 8])],
      // means 4 and 5, variances 5 and 11
      expected: [
        f32(
          [2, 2, 1, 2],
          [-3, -1, -5, -1, 1, 3, 3, 3].map((c, i) => c / Math.sqrt([5, 5, 11, 11][i % 4]!)),
        ),
      ],
    },
    {
      name: "the last axis",
      inputs: [f32([2, 2], [1, 3, -2, 6])],
      attributes: { axes: [-1] },
      expected: [f32([2, 2], [-1, 1, -1, 1])],
      gradientOf: [],
    },
    { name: "last axis of three", inputs: [f32([2, 3], [1, 3, 7, -2, 6, 0.5])], attributes: { axes: [-1] } },
  ],
});
