/** @file Which axes a Resize changes, from and to how many elements, and by which factor. */

import type { DType } from "../base/dtype.ts";
import { integerRange, isInteger } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { type AttributeValues, flag, float, ints, text } from "./attributes.ts";
import { span } from "./contents.ts";
import { axisIndex } from "./shapes.ts";

export const resizeAttributes = {
  antialias: flag(false),
  axes: ints(),
  coordinate_transformation_mode: text(
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_crop_and_resize",
  ),
  cubic_coeff_a: float(-0.75),
  exclude_outside: flag(false),
  extrapolation_value: float(0),
  keep_aspect_ratio_policy: text("stretch", "not_larger", "not_smaller"),
  mode: text("nearest", "linear", "cubic"),
  nearest_mode: text("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"),
};
export type ResizeAttributes = AttributeValues<typeof resizeAttributes>;

/** One axis that changes. */
export interface AxisPlan {
  readonly axis: number;
  /** Elements before and after. */
  readonly length: number;
  readonly size: number;
  /** The factor; `size / length` but for rounding. */
  readonly scale: number;
  /** The part of the axis that is looked at, 0 to 1; for tf_crop_and_resize alone. */
  readonly roi: readonly [number, number];
}

export interface ResizeInputs {
  readonly roi?: readonly number[] | undefined;
  readonly scales?: readonly number[] | undefined;
  readonly sizes?: readonly number[] | undefined;
}

/** The axes that `scales`, `sizes` and `roi` speak of. */
export const resizedAxes = (at: ResizeAttributes, rank: number): number[] =>
  at.axes === undefined ? span(rank) : at.axes.map((axis) => axisIndex(axis, rank));

/** Size and factor of each axis, in the order of `axes`. @throws FemtoError `shape.resize` */
function targets(
  lengths: readonly number[],
  { scales, sizes }: ResizeInputs,
  at: ResizeAttributes,
): [number, number][] {
  const given = sizes ?? scales;
  if (given?.length !== lengths.length) {
    fail({
      code: "shape.resize",
      message: "needs a scale or a size for each axis",
      expected: `${lengths.length} of either`,
      got: `${scales?.length ?? 0} scales, ${sizes?.length ?? 0} sizes`,
    });
  }
  if (sizes === undefined) return scales!.map((scale, i) => [Math.floor(lengths[i]! * scale), scale]);
  const factors = sizes.map((size, i) => size / lengths[i]!);
  if (at.keep_aspect_ratio_policy === "stretch") return sizes.map((size, i) => [size, factors[i]!]);
  const scale = at.keep_aspect_ratio_policy === "not_larger" ? Math.min(...factors) : Math.max(...factors);
  return lengths.map((length) => [Math.floor(scale * length + 0.5), scale]);
}

/** The axes that change, with all that is known of them. */
export function resizePlan(dims: readonly number[], inputs: ResizeInputs, at: ResizeAttributes): AxisPlan[] {
  const axes = resizedAxes(at, dims.length);
  const isCropping = at.coordinate_transformation_mode === "tf_crop_and_resize";
  const lengths = axes.map((axis) => dims[axis]!);
  const plans = targets(lengths, inputs, at).map(([size, scale], i): AxisPlan => {
    const { roi } = inputs;
    const part = isCropping && roi !== undefined ? ([roi[i]!, roi[i + axes.length]!] as const) : ([0, 1] as const);
    return { axis: axes[i]!, length: lengths[i]!, size, scale, roi: part };
  });
  const changes = ({ length, size, scale, roi }: AxisPlan) =>
    size !== length || Math.abs(scale - 1) > 1e-9 || roi[0] !== 0 || roi[1] !== 1;
  return plans.filter(changes);
}

/** Integers are cut and kept within their range. */
export function saturate(dtype: DType, values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  if (!isInteger(dtype)) return values;
  const { min, max } = integerRange(dtype);
  return values.map((value) => Math.trunc(Math.min(Number(max), Math.max(Number(min), value))));
}
