/** @file RoiAlign: regions of interest of a feature map, each pooled to one size from bilinear samples. ONNX RoiAlign-16. */

import { f32, i64, numbers, sizeOf } from "../base/tensor.ts";
import { type AttributeValues, float, int, text } from "./attributes.ts";
import { fromNumbers } from "./loops.ts";
import { none, operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

const attributes = {
  coordinate_transformation_mode: text("half_pixel", "output_half_pixel"),
  mode: text("avg", "max"),
  output_height: int(1),
  output_width: int(1),
  sampling_ratio: int(0),
  spatial_scale: float(1),
};
type Attributes = AttributeValues<typeof attributes>;

/** Neighbours of a sampling point along one axis, and their weights; none for a point outside. */
type Pair = readonly [place: number, weight: number][];

function neighbours(x: number, length: number): Pair {
  if (x < -1 || x > length) return [];
  const inside = Math.max(0, x);
  const low = Math.floor(inside);
  if (low >= length - 1) return [[length - 1, 1]];
  return [
    [low, 1 - (inside - low)],
    [low + 1, inside - low],
  ];
}

/** The sampling points of every bin of a region along one axis. */
function samples(from: number, to: number, length: number, bins: number, at: Attributes): Pair[][] {
  const shift = at.coordinate_transformation_mode === "half_pixel" ? 0.5 : 0;
  const start = from * at.spatial_scale - shift;
  const whole = to * at.spatial_scale - shift - start;
  const extent = shift === 0 ? Math.max(whole, 1) : whole;
  const bin = extent / bins;
  const count = at.sampling_ratio > 0 ? at.sampling_ratio : Math.ceil(extent / bins);
  return Array.from({ length: bins }, (_, b) =>
    Array.from({ length: Math.max(0, count) }, (_, i) =>
      neighbours(start + b * bin + ((i + 0.5) * bin) / count, length),
    ),
  );
}

/** One bin. ONNX's `max` takes the greatest weighted neighbour, not the greatest interpolated sample. */
function pooled(
  image: (y: number, x: number) => number,
  rows: readonly Pair[],
  columns: readonly Pair[],
  isMax: boolean,
): number {
  let [sum, best] = [0, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    for (const column of columns) {
      const isOutside = row.length === 0 || column.length === 0;
      if (isOutside) best = Math.max(best, 0);
      for (const [y, wy] of row) {
        for (const [x, wx] of column) {
          const part = wy * wx * image(y, x);
          sum += part;
          best = Math.max(best, part);
        }
      }
    }
  }
  if (isMax) return rows.length * columns.length === 0 ? 0 : best;
  return sum / Math.max(1, rows.length * columns.length);
}

export const RoiAlign = operator("RoiAlign", {
  since: 16,
  arity: [3, 3],
  attributes,
  shape: ([x, rois, batches], { output_height, output_width }, context) => {
    checkRank(x, 4, "X");
    checkRank(rois, 2, "rois");
    const count = batches.dims?.[0] ?? rois.dims?.[0] ?? context.fresh("rois");
    const channels = x.dims?.[1] ?? context.fresh("channels");
    return [{ dtype: x.dtype, dims: [count, channels, output_height, output_width] }];
  },
  run: ([x, rois, batches], at) => {
    const [, channels, height, width] = x.dims as [number, number, number, number];
    const [values, corners, rows] = [numbers(x), numbers(rois), numbers(batches)];
    const out: number[] = [];
    for (const [r, batch] of rows.entries()) {
      const [x1, y1, x2, y2] = [0, 1, 2, 3].map((k) => corners[4 * r + k]!) as [number, number, number, number];
      const down = samples(y1, y2, height, at.output_height, at);
      const across = samples(x1, x2, width, at.output_width, at);
      for (let c = 0; c < channels; c++) {
        const start = (batch * channels + c) * height * width;
        const image = (y: number, x: number) => values[start + y * width + x]!;
        for (const row of down) for (const column of across) out.push(pooled(image, row, column, at.mode === "max"));
      }
    }
    return [fromNumbers(x.dtype, [rows.length, channels, at.output_height, at.output_width], Float64Array.from(out))];
  },
  gradient: none("regions are a detector's own proposals: supported for inference"),
  work: (inputs, [y], at) => {
    // The number of samples hangs on the regions where sampling_ratio is 0: one a bin and axis is the least.
    const samplesPerBin = Math.max(1, at.sampling_ratio) ** 2;
    const taps = 4 * samplesPerBin * sizeOf(y.dims);
    return streaming(inputs, [y], { multiply: taps, add: taps });
  },
  examples: [
    {
      name: "means of four bins",
      inputs: [
        f32([1, 1, 4, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        f32([1, 4], [0, 0, 4, 4]),
        i64([0]),
      ],
      attributes: { output_height: 2, output_width: 2, sampling_ratio: 2 },
      expected: [f32([1, 1, 2, 2], [3.5, 5.5, 11.5, 13.5])],
    },
    {
      name: "adaptive samples, scaled, without the half pixel, from the second image",
      inputs: [
        f32([2, 1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        f32([2, 4], [0, 0, 4, 3, 1, 1, 2, 9]),
        i64([1, 0]),
      ],
      attributes: { spatial_scale: 0.5, output_width: 2, coordinate_transformation_mode: "output_half_pixel" },
    },
    {
      name: "the greatest",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 9]), f32([1, 4], [0, 0, 2, 2]), i64([0])],
      attributes: { mode: "max", sampling_ratio: 1 },
    },
  ],
});
