/**
 * @file Observe: runs a model over batches and shows values from inside it to whoever asked. The values become outputs of a
 * copy of the model; one batch is in memory at a time.
 */

import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import { inferModel } from "../operators/index.ts";
import type { Feeds } from "./feeds.ts";
import type { OrtEngine } from "./ort.ts";
import type { SessionChoice } from "./session-options.ts";

/** Takes the values that it names. `ActivityRecorder` of the energy room is one. */
export interface Observer {
  readonly values: readonly string[];
  /** @param samples examples in the batch: the first axis of the model's first input */
  add(tensors: Readonly<Record<string, Tensor>>, samples: number): void;
}

/**
 * Runs every batch. Values are inputs of the model or results of its nodes; a constant is the same in every run and needs
 * none.
 * @throws FemtoError `observe.value` for a name that the graph does not have or a constant, `engine.*` of the runtime
 */
export async function observe(
  engine: OrtEngine,
  model: Model,
  batches: Iterable<Feeds> | AsyncIterable<Feeds>,
  observer: Observer,
  choice: SessionChoice = {},
): Promise<void> {
  const { copy, fetch } = withOutputs(model, observer.values);
  const session = await engine.load(copy, { keepQdq: true, ...choice });
  try {
    for await (const feeds of batches) {
      const made = await session.run(feeds, { fetch });
      const seen = observer.values.map((name) => [name, made[name] ?? feeds[name]!] as const);
      observer.add(Object.fromEntries(seen), samplesIn(feeds, model));
    }
  } finally {
    await session.release();
  }
}

function withOutputs(model: Model, names: readonly string[]) {
  const copy = cloneModel(model);
  inferModel(copy);
  const { graph } = copy;
  const inner = new Set(graph.nodes.flatMap(({ subgraphs }) => subgraphs.flatMap((one) => allValues(one))));
  const byName = new Map(allValues(graph).flatMap((value) => (inner.has(value) ? [] : [[value.name, value] as const])));
  const fetch: string[] = [];
  for (const name of names) {
    const value = byName.get(name);
    if (value === undefined || value.constant !== undefined) {
      return fail({
        code: "observe.value",
        message: value === undefined ? `the graph has no value "${name}"` : `"${name}" is a constant`,
        hint: "`femto inspect` lists what a model contains; values inside functions and branches cannot be seen",
      });
    }
    if (graph.inputs.includes(value)) continue;
    if (!graph.outputs.includes(value)) graph.outputs.push(value);
    fetch.push(name);
  }
  return { copy, fetch };
}

function samplesIn(feeds: Feeds, model: Model): number {
  const first = model.graph.inputs.find(({ name, constant }) => constant === undefined && feeds[name] !== undefined);
  return (first && feeds[first.name]!.dims[0]) ?? 1;
}
