/** @file The activity of a model on data: runs it in ONNX Runtime and watches what enters its layers. */

import type { Dataset } from "../data/index.ts";
import { type Activity, type Counts, countWork, watchedInputs } from "../energy/index.ts";
import { OrtEngine } from "../engine/index.ts";
import type { Model } from "../graph/model.ts";
import { bindingOf } from "./dimensions.ts";
import { watchedData } from "./watched-data.ts";

/** @throws FemtoError `observe.value`, `engine.*` where data and model do not fit together */
export async function measureActivity(name: string, model: Model, data: Dataset, most: number): Promise<Activity> {
  const { whole, counts, widths, watch } = watchedData(name, model, data, most);
  const engine = new OrtEngine();
  try {
    return underOwnNames(await watch(engine, watchedInputs(whole, counts, widths)), counts, model);
  } finally {
    await engine.close();
  }
}

/**
 * What enters the first layers was watched behind the normalisation of the data, under a name that the model does not know:
 * it stands under the model's own name, too.
 */
function underOwnNames(activity: Activity, watched: Counts, model: Model): Activity {
  const inputOf = new Map(watched.layers.map(({ name, input }) => [name, input?.value]));
  const values = { ...activity.values };
  for (const { name, input } of countWork(model, bindingOf(model, undefined, undefined)).layers) {
    const measured = values[inputOf.get(name) ?? ""];
    if (input !== undefined && measured !== undefined) values[input.value] ??= measured;
  }
  return { ...activity, values };
}
