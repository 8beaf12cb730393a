/** @file The activity of a model on data: runs it in ONNX Runtime and watches what enters its layers. */

import type { Dataset } from "../data/index.ts";
import { type Activity, watchedInputs } from "../energy/index.ts";
import { OrtEngine } from "../engine/index.ts";
import type { Model } from "../graph/model.ts";
import { watchedData } from "./watched-data.ts";

/** @throws FemtoError `observe.value`, `engine.*` where data and model do not fit together */
export async function measureActivity(name: string, model: Model, data: Dataset, most: number): Promise<Activity> {
  const { whole, counts, widths, watch } = watchedData(name, model, data, most);
  const engine = new OrtEngine();
  try {
    return await watch(engine, watchedInputs(whole, counts, widths));
  } finally {
    await engine.close();
  }
}
