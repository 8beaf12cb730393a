/** @file What a data set contains, in numbers: class counts, value range, and the mean and deviation per channel. */

import { describe, numbers, sizeOf } from "../base/tensor.ts";
import { count, type Dataset, type Normalisation } from "./dataset.ts";

export interface DataSummary {
  readonly name: string;
  readonly split: string;
  readonly examples: number;
  /** `uint8[8000, 1, 28, 28]` */
  readonly inputs: string;
  readonly labels: string | undefined;
  readonly classCounts: readonly number[] | undefined;
  readonly classNames: readonly string[] | undefined;
  readonly least: number;
  readonly greatest: number;
  readonly bytes: number;
  readonly checksum: string;
  readonly source: string;
  readonly notes: readonly string[];
}

/** Examples per class; labels outside 0..classes−1 are left to `validateDataset`. */
export function classCounts(data: Dataset): number[] | undefined {
  if (data.classes === undefined || data.labels === undefined) return undefined;
  const counts = new Array<number>(data.classes).fill(0);
  for (const label of numbers(data.labels)) if (label in counts) counts[label]!++;
  return counts;
}

export function summarise(data: Dataset): DataSummary {
  const values = data.inputs.data;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const bytes = (part: Dataset["labels"]): number =>
    part === undefined || Array.isArray(part.data) ? 0 : part.data.byteLength;
  return {
    name: data.name,
    split: data.split,
    examples: count(data),
    inputs: describe(data.inputs),
    labels: data.labels === undefined ? undefined : describe(data.labels),
    classCounts: classCounts(data),
    classNames: data.classNames,
    least,
    greatest,
    bytes: bytes(data.inputs) + bytes(data.labels),
    checksum: data.checksum,
    source: data.source,
    notes: data.notes,
  };
}

/**
 * Mean and population standard deviation of x·scale per channel (axis 1), for `normalisation`; measure it on the
 * training part only. A channel that never changes gets deviation 1, so that it becomes 0.
 */
export function measureNormalisation(data: Pick<Dataset, "inputs">, scale = 1): Normalisation {
  const [examples = 0, channels = 1] = data.inputs.dims;
  const inner = sizeOf(data.inputs.dims.slice(2));
  // Byte-sized images are read where they are: a copy as doubles would be eight times as large.
  const values = data.inputs.data instanceof Uint8Array ? data.inputs.data : numbers(data.inputs);
  const mean = new Array<number>(channels).fill(0);
  const std = new Array<number>(channels).fill(1);
  for (let channel = 0; channel < channels; channel++) {
    const over = (of: (x: number) => number): number => {
      let sum = 0;
      for (let n = 0; n < examples; n++) {
        const start = (n * channels + channel) * inner;
        for (let i = start; i < start + inner; i++) sum += of(values[i]! * scale);
      }
      return sum / (examples * inner);
    };
    const centre = over((x) => x);
    const deviation = Math.sqrt(over((x) => (x - centre) ** 2));
    mean[channel] = centre;
    // A constant channel leaves rounding noise only.
    std[channel] = deviation > 1e-12 * Math.max(1, Math.abs(centre)) ? deviation : 1;
  }
  return { scale, mean, std };
}
