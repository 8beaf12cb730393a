/** @file Measures the activity of a model's layers on data, on the levels of its twin. */

import { rowsOf } from "../../base/tensor.ts";
import { count, type Dataset } from "../../data/index.ts";
import {
  type Activity,
  ActivityRecorder,
  type Counts,
  countWork,
  type LayerWidths,
  spiking,
  type WatchedValue,
  watchedInputs,
} from "../../energy/index.ts";
import { type Feeds, OrtEngine, observe } from "../../engine/index.ts";
import type { Model } from "../../graph/model.ts";
import { withNormalisation } from "../../training/index.ts";
import { modelWidths } from "../model-widths.ts";

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

/** Examples in one run of a model that takes any number. */
const BATCH = 100;

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
  const { inputs, labels, normalisation } = data;
  const whole = withNormalisation(model, { inputs, labels: labels!, normalisation });
  const counts = countWork(whole, { N: 1 });
  const { widths } = modelWidths(whole, counts, undefined);
  const fixed = model.graph.inputs.find(({ constant }) => constant === undefined)?.type?.dims?.[0];
  const batch = typeof fixed === "number" ? fixed : BATCH;
  const all = Math.min(examples, count(data));
  // a model of a fixed batch takes whole batches
  const last = typeof fixed === "number" ? all - (all % fixed) : all;
  const text = `${name} on the first ${last} examples of ${data.name} (${data.split})`;
  const engine = new OrtEngine();
  const run = async (watched: readonly WatchedValue[]) => {
    const recorder = new ActivityRecorder(watched, { text });
    await observe(engine, whole, batches(data, last, batch), recorder);
    return recorder.finish();
  };
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

function* batches({ inputs }: Dataset, last: number, size: number): Generator<Feeds> {
  for (let from = 0; from < last; from += size) yield { raw: rowsOf(inputs, from, Math.min(last, from + size)) };
}
