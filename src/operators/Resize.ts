/** @file Resize: other sizes by nearest, linear or cubic interpolation, with all of ONNX's ways to map positions. ONNX Resize-19. */

import { f32, i64, numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { type Dim, mapDim, multiplyDims } from "../graph/dims.ts";
import { dimsIn } from "./contents.ts";
import { boxOf } from "./lanes.ts";
import { fromNumbers } from "./loops.ts";
import { type Known, operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { resizeGradient } from "./resize-gradient.ts";
import { type ResizeAttributes, resizeAttributes, resizedAxes, resizePlan, saturate } from "./resize-plan.ts";
import { copiedPositions, type Taps, tapsOf } from "./resize-taps.ts";
import { type OpKind, streaming } from "./work.ts";

/** An input that is left out may also be an empty tensor. */
const filled = (t: Tensor | undefined): readonly number[] | undefined =>
  t === undefined || t.data.length === 0 ? undefined : Array.from(numbers(t));

/** Mixes the elements along one axis. */
function mixed(x: Float64Array<ArrayBuffer>, dims: readonly number[], axis: number, taps: Taps, beyond: number) {
  const [outer, length, inner] = boxOf(dims, axis);
  const { count, positions, weights, isOutside } = taps;
  const out = new Float64Array(outer * isOutside.length * inner);
  let i = 0;
  for (let o = 0; o < outer; o++) {
    for (const [y, outside] of isOutside.entries()) {
      for (let n = 0; n < inner; n++) {
        let sum = outside ? beyond : 0;
        for (let k = y * count; k < (y + 1) * count && !outside; k++) {
          sum += weights[k]! * x[(o * length + positions[k]!) * inner + n]!;
        }
        out[i++] = sum;
      }
    }
  }
  return out;
}

function resized(x: Tensor, at: ResizeAttributes, [roi, scales, sizes]: readonly (Tensor | undefined)[]): Tensor {
  const plans = resizePlan(x.dims, { roi: filled(roi), scales: filled(scales), sizes: filled(sizes) }, at);
  if (at.mode === "nearest") {
    const beyond = tensor(
      x.dtype,
      [],
      [x.dtype.endsWith("int64") ? BigInt(at.extrapolation_value) : at.extrapolation_value],
    );
    return plans.reduce((y, plan) => {
      const along = copiedPositions(tapsOf(plan, at));
      return pick(y, y.dims.with(plan.axis, plan.size), pickAlong(y.dims, plan.axis, along), beyond);
    }, x);
  }
  let values = Float64Array.from(numbers(x));
  let dims = x.dims;
  for (const plan of plans) {
    values = mixed(values, dims, plan.axis, tapsOf(plan, at), at.extrapolation_value);
    dims = dims.with(plan.axis, plan.size);
  }
  return fromNumbers(x.dtype, dims, saturate(x.dtype, values));
}

function scaledDim(dim: Dim, scale: number): Dim {
  if (typeof dim === "number") return Math.floor(dim * scale);
  return Number.isInteger(scale)
    ? multiplyDims(dim, scale)
    : mapDim(dim, `floor _*${scale}`, (n) => Math.floor(n * scale));
}

function dimsAfter(
  x: Known,
  scales: Known | undefined,
  sizes: Known | undefined,
  at: ResizeAttributes,
): (Dim | undefined)[] {
  const dims: (Dim | undefined)[] = [...x.dims!];
  const axes = resizedAxes(at, dims.length);
  const wanted = sizes === undefined ? undefined : dimsIn(sizes);
  const factors = scales?.constant && numbers(scales.constant);
  const isStatic =
    axes.every((axis) => typeof dims[axis] === "number") && wanted?.every((dim) => typeof dim === "number");
  if (wanted !== undefined && wanted.length > 0 && at.keep_aspect_ratio_policy !== "stretch") {
    const plans = isStatic ? resizePlan(x.dims as number[], { sizes: wanted as number[] }, at) : undefined;
    for (const axis of axes) {
      dims[axis] = plans === undefined ? undefined : (plans.find((plan) => plan.axis === axis)?.size ?? dims[axis]);
    }
    return dims;
  }
  for (const [i, axis] of axes.entries()) {
    if (wanted !== undefined && wanted.length > 0) dims[axis] = wanted[i]!;
    else dims[axis] = factors === undefined ? undefined : scaledDim(dims[axis]!, factors[i]!);
  }
  return dims;
}

export const Resize = operator("Resize", {
  since: 19,
  arity: [1, 4],
  attributes: resizeAttributes,
  shape: ([x, , scales, sizes], at, context) => {
    if (x.dims === undefined) return [{ dtype: x.dtype, dims: undefined }];
    return [{ dtype: x.dtype, dims: dimsAfter(x, scales, sizes, at).map((dim) => dim ?? context.fresh("resized")) }];
  },
  run: ([x, ...others], at) => [resized(x, at, others)],
  gradient: (g, inputs, [dy], at) => [resizeGradient(g, inputs, dy, at)],
  work: (inputs, [y], at) => {
    const ops: Partial<Record<OpKind, number>> = {};
    const taps = { nearest: 0, linear: 2, cubic: 4 }[at.mode];
    let dims = inputs[0].dims;
    for (const [axis, size] of y.dims.entries()) {
      if (size === dims[axis] || taps === 0) continue;
      const reach = at.antialias ? taps * Math.max(1, Math.ceil(dims[axis]! / size)) : taps;
      dims = dims.with(axis, size);
      ops.multiply = (ops.multiply ?? 0) + reach * sizeOf(dims);
      ops.add = (ops.add ?? 0) + (reach - 1) * sizeOf(dims);
    }
    return streaming(inputs, [y], ops);
  },
  tolerance: 1e-5,
  examples: [
    {
      name: "each pixel doubled",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 4]), undefined, f32([4], [1, 1, 2, 2])],
      expected: [f32([1, 1, 4, 4], [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])],
      constant: [2],
      gradientOf: [0],
    },
    {
      name: "nearest to a size, rounding down",
      inputs: [f32([1, 1, 1, 4], [1, 2, 3, 4]), undefined, undefined, i64([1, 1, 1, 3])],
      attributes: { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
      expected: [f32([1, 1, 1, 3], [1, 2, 3])],
    },
    {
      name: "nearest, ties to the right, on a named axis",
      inputs: [f32([1, 1, 1, 4], [1, 2, 3, 4]), undefined, f32([1], [0.5])],
      attributes: { axes: [-1], nearest_mode: "round_prefer_ceil" },
      expected: [f32([1, 1, 1, 2], [2, 4])],
      constant: [2],
      gradientOf: [0],
    },
    {
      name: "linear, twice",
      inputs: [f32([1, 1, 1, 2], [1, 3]), undefined, f32([4], [1, 1, 1, 2])],
      attributes: { mode: "linear" },
      expected: [f32([1, 1, 1, 4], [1, 1.5, 2.5, 3])],
      constant: [2],
      gradientOf: [0],
    },
    {
      name: "linear with aligned corners, two axes",
      inputs: [f32([1, 1, 2, 2], [1, 3, 5, 9]), undefined, undefined, i64([1, 1, 3, 3])],
      attributes: { mode: "linear", coordinate_transformation_mode: "align_corners" },
      expected: [f32([1, 1, 3, 3], [1, 2, 3, 3, 4.5, 6, 5, 7, 9])],
    },
    {
      name: "linear, half the size, antialiased",
      inputs: [f32([1, 1, 1, 4], [1, 2, 4, 8]), undefined, f32([4], [1, 1, 1, 0.5])],
      attributes: { mode: "linear", antialias: true },
      expected: [f32([1, 1, 1, 2], [1.75, 5.75])],
      constant: [2],
      gradientOf: [0],
    },
    {
      name: "cubic",
      inputs: [f32([1, 1, 1, 4], [1, 2, 4, 8]), undefined, f32([4], [1, 1, 1, 2])],
      attributes: { mode: "cubic" },
      constant: [2],
      gradientOf: [0],
    },
    {
      name: "cubic without what lies outside",
      inputs: [
        f32([1, 1, 4, 4], [1, 2, 4, 8, 2, 3, 5, 7, 1, 1, 4, 2, 6, 2, 3, 9]),
        undefined,
        f32([4], [1, 1, 0.75, 0.75]),
      ],
      attributes: { mode: "cubic", exclude_outside: true, cubic_coeff_a: -0.5 },
      constant: [2],
      gradientOf: [0],
    },
    {
      name: "crop and resize, beyond the edge",
      inputs: [f32([1, 1, 1, 3], [1, 2, 4]), f32([8], [0, 0, 0, 0, 1, 1, 1, 2]), undefined, i64([1, 1, 1, 4])],
      attributes: { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize", extrapolation_value: 10 },
      expected: [f32([1, 1, 1, 4], [1, 8 / 3, 10, 10])],
      constant: [1],
      gradientOf: [0],
    },
    {
      name: "as large as fits",
      inputs: [f32([1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), undefined, undefined, i64([6, 6])],
      attributes: {
        axes: [2, 3],
        keep_aspect_ratio_policy: "not_larger",
        nearest_mode: "floor",
        coordinate_transformation_mode: "asymmetric",
      },
      expected: [f32([1, 1, 3, 6], [1, 1, 2, 3, 3, 4, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8])],
    },
  ],
});
