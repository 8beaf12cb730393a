/**
 * @file The taps of Resize along one axis: which elements each place of the result mixes, and by which weights. ONNX's
 * interpolation is separable, so one axis at a time is all there is.
 */

import type { AxisPlan, ResizeAttributes } from "./resize-plan.ts";

export interface Taps {
  /** Taps of each place. */
  readonly count: number;
  /** `size × count` positions within the axis. */
  readonly positions: Int32Array;
  readonly weights: Float64Array;
  /** Places that look outside of the crop: they take the extrapolation value. */
  readonly isOutside: readonly boolean[];
}

/** The position in the input that place `y` of the result stands for. */
function coordinate(
  y: number,
  { length, size, scale, roi }: AxisPlan,
  mode: ResizeAttributes["coordinate_transformation_mode"],
): number {
  const width = scale * length;
  switch (mode) {
    case "align_corners":
      return width === 1 ? 0 : (y * (length - 1)) / (width - 1);
    case "asymmetric":
      return y / scale;
    case "tf_crop_and_resize": {
      const extent = (roi[1] - roi[0]) * (length - 1);
      return roi[0] * (length - 1) + (width === 1 ? extent / 2 : (y * extent) / (width - 1));
    }
    case "pytorch_half_pixel":
      return width === 1 ? -0.5 : (y + 0.5) / scale - 0.5;
    case "half_pixel_symmetric":
      return (length / 2) * (1 - size / width) + (y + 0.5) / scale - 0.5;
    default:
      return (y + 0.5) / scale - 0.5;
  }
}

/** How far right of its base the nearest element lies: 0 or 1. `ratio` is in (0, 1]. */
function nearestWeights(ratio: number, mode: ResizeAttributes["nearest_mode"]): number[] {
  const isRight = {
    round_prefer_floor: ratio > 0.5,
    round_prefer_ceil: ratio >= 0.5,
    floor: ratio === 1,
    ceil: true,
  }[mode];
  return isRight ? [0, 1] : [1, 0];
}

/** Keys' cubic kernel with parameter a, |x| < 2. */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

const triangle = (distance: number): number => Math.max(0, 1 - Math.abs(distance));

/**
 * Weights of the taps around a point `ratio` right of its base, the base being tap number `count / 2 − 1`. With
 * `stretch` < 1 (antialiasing of a reduction) the kernel becomes wider by its inverse.
 */
function kernelWeights(ratio: number, kernel: (distance: number) => number, reach: number, stretch: number): number[] {
  const first = Math.floor(-reach / stretch) + 1;
  const weights = Array.from({ length: 2 - 2 * first }, (_, k) => kernel((first + k - ratio) * stretch));
  if (stretch === 1) return weights;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function weightsOf(ratio: number, scale: number, at: ResizeAttributes): number[] {
  const stretch = at.antialias ? Math.min(1, scale) : 1;
  if (at.mode === "nearest") return nearestWeights(ratio, at.nearest_mode);
  if (at.mode === "linear") return kernelWeights(ratio, triangle, 1, stretch);
  return kernelWeights(ratio, (distance) => cubic(distance, at.cubic_coeff_a), 2, stretch);
}

/** All taps of an axis. Positions beyond the ends are the end elements, or weigh nothing with `exclude_outside`. */
export function tapsOf(plan: AxisPlan, at: ResizeAttributes): Taps {
  const { length, size, scale } = plan;
  const count = weightsOf(1, scale, at).length;
  const positions = new Int32Array(size * count);
  const weights = new Float64Array(size * count);
  const isOutside: boolean[] = [];
  for (let y = 0; y < size; y++) {
    const x = coordinate(y, plan, at.coordinate_transformation_mode);
    isOutside.push(at.coordinate_transformation_mode === "tf_crop_and_resize" && (x < 0 || x > length - 1));
    const base = Math.ceil(x) - 1;
    const row = weightsOf(x - base, scale, at);
    const places = row.map((_, k) => base + 1 - count / 2 + k);
    if (at.exclude_outside) {
      for (const [k, place] of places.entries()) if (place < 0 || place >= length) row[k] = 0;
      const sum = row.reduce((total, weight) => total + weight, 0) || 1;
      for (const k of row.keys()) row[k]! /= sum;
    }
    for (const [k, place] of places.entries()) {
      positions[y * count + k] = Math.min(length - 1, Math.max(0, place));
      weights[y * count + k] = row[k]!;
    }
  }
  return { count, positions, weights, isOutside };
}

/** Of taps that copy (mode `nearest`): the one element each place takes, −1 for those outside. */
export const copiedPositions = ({ count, positions, weights, isOutside }: Taps): Int32Array =>
  Int32Array.from(isOutside, (outside, y) =>
    outside ? -1 : positions[y * count + (weights[y * count] === 1 ? 0 : 1)]!,
  );
