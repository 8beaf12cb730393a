/** @file The saving without tables: every element of the array simulated over every column of a few images. */

import type { LayerTrace } from "../../circuits/characterise/index.ts";
import type { ArrayUnit } from "./array-unit.ts";
import type { NetworkTraces } from "./traces.ts";

/** The columns of the first `images` of `all`. */
function firstColumns(trace: LayerTrace, images: number, all: number): LayerTrace {
  const { activations, inputs, steps } = trace;
  const kept = (steps / all) * images;
  const columns = new Int16Array(inputs * kept);
  for (let k = 0; k < inputs; k++) columns.set(activations.subarray(k * steps, k * steps + kept), k * kept);
  return { ...trace, activations: columns, steps: kept };
}

/** What all elements switch in the first `images` of the `all` that were traced, in relative units. */
export function exactEnergy({ layers }: NetworkTraces, unit: ArrayUnit, images: number, all: number): number {
  let sum = 0;
  for (const trace of layers.flatMap(({ groups }) => groups)) sum += unit.exact(firstColumns(trace, images, all));
  return sum;
}
