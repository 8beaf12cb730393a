/** @file The integer form of a trained network: ranges from training examples, then whole numbers alone. */

import { isFloat } from "../../base/dtype.ts";
import { normaliser } from "../../base/normalisation.ts";
import { numbers, rowsOf, sizeOf, type Tensor, tensor } from "../../base/tensor.ts";
import type { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import { allValues } from "../../graph/graph.ts";
import type { Model } from "../../graph/model.ts";
import { attachFunctions, integerSource, integerTransformer } from "../../rewrites/index.ts";
import type { TrainingData } from "../method.ts";

/** Examples that the ranges are measured on. */
const EXAMPLES = 256;
const BATCH = 64;

/** @throws FemtoError `integer.operator` for networks whose operators have no integer form */
export async function integerForm(
  engine: OrtEngine,
  model: Model,
  data: TrainingData,
  root: "exact" | "ten-step",
): Promise<Model> {
  const source = integerSource(model);
  const ranges = new Map<string, number>();
  const add = (tensors: Readonly<Record<string, Tensor>>) => {
    for (const [name, seen] of Object.entries(tensors)) {
      let most = ranges.get(name) ?? 0;
      for (const value of numbers(seen)) most = Math.max(most, Math.abs(value));
      ranges.set(name, most);
    }
  };
  const shown = cloneModel(source);
  const { graph } = shown;
  const made = allValues(graph).filter(
    ({ constant, type, producer }) => producer !== undefined && constant === undefined && isFloat(type!.dtype),
  );
  for (const value of made) if (!graph.outputs.includes(value)) graph.addOutput(value);
  attachFunctions.run(shown);
  const session = await engine.load(shown);
  const fetch = made.map(({ name }) => name);
  for (const batch of feeds(source, data)) add({ ...batch, ...(await session.run(batch, { fetch })) });
  await session.release();
  return integerTransformer(source, { ranges, root });
}

/** Examples as the network reads them. */
function* feeds(model: Model, { inputs, normalisation }: TrainingData): Iterable<Record<string, Tensor>> {
  const [input] = model.graph.inputs;
  const dtype = input!.type!.dtype;
  const shape = inputs.dims.slice(1);
  const size = sizeOf(shape);
  const normalise = normaliser(shape, normalisation);
  const count = Math.min(EXAMPLES, inputs.dims[0]!);
  for (let from = 0; from < count; from += BATCH) {
    const raw = rowsOf(inputs, from, Math.min(count, from + BATCH));
    const seen = Array.from(numbers(raw), (value, i) => (isFloat(dtype) ? normalise(value, i % size) : value));
    yield { [input!.name]: tensor(dtype, raw.dims, seen) };
  }
}
