/** @file Measures the activity of a model's layers on data, on the levels of its twin. */

import type { Dataset } from "../../data/index.ts";
import {
  type Activity,
  type Counts,
  type LayerWidths,
  spiking,
  type WatchedValue,
  watchedInputs,
} from "../../energy/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import type { Model } from "../../graph/model.ts";
import { watchedData } from "../watched-data.ts";

export interface Measured {
  readonly activity: Activity;
  /** Of the model with the normalisation of the data in front of it. */
  readonly counts: Counts;
  /** Those of the file, where it is quantised. */
  readonly widths: readonly LayerWidths[];
  readonly warnings: readonly string[];
}

export interface MeasureOptions {
  readonly steps: number;
  readonly examples: number;
  /** The first layer takes numbers: its input need not be positive. */
  readonly isAnalogue: boolean;
}

/**
 * Codes are counted as they are; floats that are never negative on a grid of T levels whose top is their 99.9 % quantile,
 * found in a first run. Of other floats only the zeros are counted.
 */
export async function measureTwin(
  name: string,
  model: Model,
  data: Dataset,
  { steps, examples, isAnalogue }: MeasureOptions,
): Promise<Measured> {
  const { whole, counts, widths, text, watch } = watchedData(name, model, data, examples);
  const engine = new OrtEngine();
  const run = (watched: readonly WatchedValue[]) => watch(engine, watched);
  try {
    const watched = watchedInputs(whole, counts, widths);
    const first = await run(watched);
    const entry = counts.layers[0]?.input?.value;
    const names = watched.map(({ value }) => value);
    const { watched: onGrid, negative } = spiking.twinGrids(first, names, steps);
    const gridded = onGrid.filter(({ grid }) => grid !== undefined);
    const levels = gridded.length === 0 ? undefined : await run(gridded);
    const source = levels === undefined ? text : `${text}, on ${steps + 1} levels up to the 99.9 % quantile`;
    return {
      activity: {
        ...first,
        source: { kind: "measured", text: source },
        values: { ...first.values, ...levels?.values },
      },
      counts,
      widths,
      warnings: negative
        .filter((value) => !isAnalogue || value !== entry)
        .map((value) => `${value} holds negative numbers, which spikes cannot say: only its zeros count`),
    };
  } finally {
    await engine.close();
  }
}
