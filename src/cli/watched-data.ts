/** @file A model before data on which its values are to be watched: normalised as the data say, cut into batches. */

import { rowsOf } from "../base/tensor.ts";
import { count, type Dataset } from "../data/index.ts";
import {
  type Activity,
  ActivityRecorder,
  type Counts,
  countWork,
  type LayerWidths,
  type WatchedValue,
} from "../energy/index.ts";
import { type Feeds, type OrtEngine, observe } from "../engine/index.ts";
import type { Model } from "../graph/model.ts";
import { withNormalisation } from "../training/index.ts";
import { modelWidths } from "./model-widths.ts";

/** Examples in one run of a model that takes any number. */
const BATCH = 100;

export interface WatchedData {
  /** The model with the normalisation of the data in front of it. */
  readonly whole: Model;
  readonly counts: Counts;
  /** Those of the file, where it is quantised. */
  readonly widths: readonly LayerWidths[];
  /** Which model on which data. */
  readonly text: string;
  /** Runs all examples once. */
  watch(engine: OrtEngine, values: readonly WatchedValue[]): Promise<Activity>;
}

/** `most`: examples from the start of the data. */
export function watchedData(name: string, model: Model, data: Dataset, most: number): WatchedData {
  const { inputs, labels, normalisation } = data;
  const whole = withNormalisation(model, { inputs, labels: labels!, normalisation });
  const counts = countWork(whole, { N: 1 });
  const { widths } = modelWidths(whole, counts, undefined);
  const fixed = model.graph.inputs.find(({ constant }) => constant === undefined)?.type?.dims?.[0];
  const batch = typeof fixed === "number" ? fixed : BATCH;
  const all = Math.min(most, count(data));
  // a model of a fixed batch takes whole batches
  const last = typeof fixed === "number" ? all - (all % fixed) : all;
  const text = `${name} on the first ${last} examples of ${data.name} (${data.split})`;
  return {
    whole,
    counts,
    widths,
    text,
    watch: async (engine, values) => {
      const recorder = new ActivityRecorder(values, { text });
      await observe(engine, whole, batches(inputs, last, batch), recorder);
      return recorder.finish();
    },
  };
}

function* batches(inputs: Dataset["inputs"], last: number, size: number): Generator<Feeds> {
  for (let from = 0; from < last; from += size) yield { raw: rowsOf(inputs, from, Math.min(last, from + size)) };
}
