/** @file What a data set contains, in numbers: class counts, value range, and the mean and deviation per channel. */

import type { Normalisation } from "../base/normalisation.ts";
import { describe, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { count, type Dataset } from "./dataset.ts";

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
  const channels = data.inputs.dims[1] ?? 1;
  const { inputs } = data;
  const bytes = inputs.data instanceof Uint8Array ? inputs.data : undefined;
  const values = bytes === undefined ? numbers(inputs) : undefined;
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const runs: Runs = (visit) => runsOf(inputs, channel, channels, visit);
    const { centre, deviation } = bytes === undefined ? momentsOfNumbers(values!, runs) : momentsOfBytes(bytes, runs);
    mean.push(centre * scale);
    // A constant channel leaves rounding noise only.
    std.push(deviation > 1e-12 * Math.max(1, Math.abs(centre)) ? deviation * scale : 1);
  }
  return { scale, mean, std };
}

type Moments = { readonly centre: number; readonly deviation: number };
/** Calls `visit` with first and last + 1 element of each run of a channel; returns the number of elements. */
type Runs = (visit: (start: number, end: number) => void) => number;

function runsOf(inputs: Tensor, channel: number, channels: number, visit: Parameters<Runs>[0]): number {
  const examples = inputs.dims[0] ?? 0;
  const inner = sizeOf(inputs.dims.slice(2));
  for (let n = 0; n < examples; n++) visit((n * channels + channel) * inner, (n * channels + channel + 1) * inner);
  return examples * inner;
}

/** Bytes by counting each value: exact, and without a copy eight times as large. */
function momentsOfBytes(bytes: Uint8Array, runs: Runs): Moments {
  const times = new Uint32Array(256);
  const total = runs((start, end) => {
    for (let i = start; i < end; i++) times[bytes[i]!]!++;
  });
  const centre = times.reduce((sum, n, value) => sum + n * value, 0) / total;
  const variance = times.reduce((sum, n, value) => sum + n * (value - centre) ** 2, 0) / total;
  return { centre, deviation: Math.sqrt(variance) };
}

function momentsOfNumbers(values: ArrayLike<number>, runs: Runs): Moments {
  let sum = 0;
  const total = runs((start, end) => {
    for (let i = start; i < end; i++) sum += values[i]!;
  });
  const centre = sum / total;
  let squares = 0;
  runs((start, end) => {
    for (let i = start; i < end; i++) squares += (values[i]! - centre) ** 2;
  });
  return { centre, deviation: Math.sqrt(squares / total) };
}
