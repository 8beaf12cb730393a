/** @file The activity of a model on data: runs it in ONNX Runtime and watches what enters its layers. */

import { rowsOf } from "../base/tensor.ts";
import { count, type Dataset } from "../data/index.ts";
import { type Activity, ActivityRecorder, countWork, watchedInputs } from "../energy/index.ts";
import { type Feeds, OrtEngine, observe } from "../engine/index.ts";
import type { Model } from "../graph/model.ts";
import { withNormalisation } from "../training/index.ts";
import { modelWidths } from "./model-widths.ts";

/** Examples in one run of a model that takes any number. */
const BATCH = 100;

/** @throws FemtoError `observe.value`, `engine.*` where data and model do not fit together */
export async function measureActivity(name: string, model: Model, data: Dataset, most: number): Promise<Activity> {
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
  const recorder = new ActivityRecorder(watchedInputs(whole, counts, widths), { text });
  const engine = new OrtEngine();
  try {
    await observe(engine, whole, batches(data, last, batch), recorder);
  } finally {
    await engine.close();
  }
  return recorder.finish();
}

function* batches({ inputs }: Dataset, last: number, size: number): Generator<Feeds> {
  for (let from = 0; from < last; from += size) yield { raw: rowsOf(inputs, from, Math.min(last, from + size)) };
}
