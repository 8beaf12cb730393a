/** @file Lookup-table networks as data: the same decisions as the model, on raw bytes and floats, to the last example. */

import { describe, expect, it } from "vitest";
import { normaliser } from "../base/normalisation.ts";
import { Rng } from "../base/rng.ts";
import { f32, numbers, type Tensor, tensor } from "../base/tensor.ts";
import { countWork } from "../energy/index.ts";
import { BitsEngine, classifyReference } from "../engine/bits/index.ts";
import { runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { Emit, packTables } from "../operators/index.ts";
import { attachFunctions } from "../rewrites/index.ts";
import { argmax } from "../training/index.ts";
import { mlp } from "../zoo/index.ts";
import { toLutNetwork } from "./lut-network.ts";

const rng = new Rng(8, "export");
const normalisation = { scale: 1 / 255, mean: [0.4, 0.5], std: [0.2, 0.3] };

interface Shape {
  readonly inputs: number;
  readonly isPacked: boolean;
  readonly pad?: boolean;
}

/** Two channels of 3×2, some features read, two layers, three classes. */
function network({ inputs, isPacked, pad = false }: Shape): Model {
  const graph = new Graph("luts");
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2, 3, 2] });
  const rows = g.transpose(g.reshape(x, ["N", 12]), [1, 0]);
  const used = g.op("Gather", [rows, g.ints([11, 0, 3, 4, 5, 7, 8, 2])], { axis: 0 });
  const thresholds = f32(
    [8, 2],
    Array.from({ length: 16 }, (_, i) => (i % 2) * 0.8 - 0.4),
  );
  let bits = g.op("femto.Thermometer", [used, graph.addInitializer("thresholds", thresholds)], { axis: 0 });
  let width = 16;
  for (const [i, tables] of [9, pad ? 5 : 6].entries()) {
    const entries = f32(
      [tables, 2 ** inputs],
      Array.from({ length: tables * 2 ** inputs }, () => rng.normal()),
    );
    const mapping = tensor(
      "int64",
      [tables, inputs],
      Array.from({ length: tables * inputs }, () => rng.below(width)),
    );
    const parts = [isPacked ? packTables(entries) : entries, mapping];
    bits = g.op("femto.LutLayer", [bits, ...parts.map((part, k) => graph.addInitializer(`l${i}${k}`, part))], {
      axis: 0,
    });
    width = tables;
  }
  graph.addOutput(g.transpose(g.op("femto.GroupSum", [bits], { axis: 0, groups: 3, pad }), [1, 0]));
  return new Model(graph);
}

function decisions(model: Model, normalised: Tensor): number[] {
  const logits = numbers(runReference(model, { x: normalised }).outputs[model.graph.outputs[0]!.name]!);
  return Array.from({ length: logits.length / 3 }, (_, i) => argmax(logits.subarray(3 * i, 3 * i + 3)));
}

describe.each([
  { inputs: 1, isPacked: false },
  { inputs: 2, isPacked: true, pad: true },
  { inputs: 6, isPacked: true },
  { inputs: 7, isPacked: true },
  { inputs: 6, isPacked: false, pad: true },
])("$inputs inputs, packed $isPacked", (shape) => {
  it.each(["uint8", "float32"] as const)("%s samples get the class that the model gives them", async (dtype) => {
    const model = network(shape);
    const raw = Float64Array.from({ length: 12 * 200 }, () =>
      dtype === "uint8" ? rng.below(256) : 255 * rng.uniform(),
    );
    const samples = dtype === "uint8" ? Uint8Array.from(raw) : Float32Array.from(raw);
    const normalise = normaliser([2, 3, 2], normalisation);
    const expected = decisions(
      model,
      f32(
        [200, 2, 3, 2],
        Array.from(samples, (value, i) => normalise(value, i % 12)),
      ),
    );
    const data = toLutNetwork(model, { dtype, normalisation });
    expect(Array.from(classifyReference(data, samples))).toEqual(expected);
    const engine = await BitsEngine.open(data);
    expect(Array.from(engine.classify(samples))).toEqual(expected);
    // From its own file, functions attached, the model is still the same network.
    attachFunctions.run(model);
    expect(toLutNetwork(readModel(writeModel(model)), { dtype, normalisation })).toEqual(data);
  });
});

it("a network of weights is refused with one message", () => {
  expect(() => toLutNetwork(mlp({ inputs: 4, hidden: [3], classes: 2, seed: 1 }), { dtype: "float32" })).toThrow(
    expect.objectContaining({ code: "export.lut" }),
  );
});

it("thresholds that were never fitted are refused with one message, also where they are priced", () => {
  const model = network({ inputs: 2, isPacked: true });
  const thresholds = model.graph.initializers.find(({ name }) => name === "thresholds")!;
  (thresholds.constant!.data as Float32Array)[5] = Number.NaN;
  const refusal = expect.objectContaining({
    code: "data.nan",
    where: expect.stringContaining("input thresholds › element 5"),
    hint: expect.stringContaining("fit the thresholds on training data first"),
  });
  expect(() => toLutNetwork(model, { dtype: "float32" })).toThrow(refusal);
  expect(() => countWork(model, { N: 1 })).toThrow(refusal);
});
