/** @file Whole runs of DWN on small data: it learns, every option does what it says, and the outcome is what was measured. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { normaliser } from "../../base/normalisation.ts";
import { f32, numbers, rowsOf, sizeOf } from "../../base/tensor.ts";
import { OrtEngine, runReference } from "../../engine/index.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit, inferModel, lookUp } from "../../operators/index.ts";
import { expandFunctions, inlineModel } from "../../rewrites/index.ts";
import { evaluate } from "../../training/index.ts";
import { charGpt } from "../../zoo/index.ts";
import { fitEncoder } from "./encoder.ts";
import { logitsOf } from "./forward.ts";
import { harden, hardModel } from "./harden.ts";
import { dwn } from "./index.ts";
import { initialValues, layOut, pyramid } from "./layout.ts";
import { data, face, runSmall, small } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-dwn-"));
afterAll(() => rmSync(folder, { recursive: true }));

const weights = ({ graph }: Model) => graph.initializers.map(({ name, constant }) => [name, constant!.data]);

async function accuracy(model: Model): Promise<number> {
  const engine = new OrtEngine();
  try {
    return (await evaluate(engine, model, data.test)).accuracy;
  } finally {
    await engine.close();
  }
}

describe("a run", () => {
  it("learns; the outcome is a model of lookup tables with the accuracy of the last epoch", async () => {
    const { history, model, isFinished } = await runSmall();
    expect(isFinished).toBe(true);
    expect(history.length).toBe(4);
    expect(history[3]!.loss).toBeLessThan(history[0]!.loss);
    expect(history[3]!.testAccuracy).toBeGreaterThan(0.7);
    expect(await accuracy(model)).toBe(history[3]!.testAccuracy);
    const kinds = model.graph.nodes.map(({ kind }) => kind).filter((kind) => kind.startsWith("femto."));
    expect(kinds).toEqual(["femto.Thermometer", "femto.LutLayer", "femto.LutLayer", "femto.GroupSum"]);
    // No multiplication is left, and 4 inputs are 16 bits a table.
    inferModel(model);
    const tables = model.graph.initializers.filter(({ name }) => name.endsWith("tables"));
    expect(tables.map(({ constant }) => [constant!.dtype, constant!.dims])).toEqual([
      ["uint64", [40, 1]],
      ["uint64", [24, 1]],
    ]);
  });

  it("gives the same bits again, and after being stopped and gone on with", async () => {
    const whole = await runSmall();
    const controller = new AbortController();
    const checkpoint = join(folder, "stopped.onnx");
    const onRecord = ({ epoch }: { epoch: number }) => epoch === 2 && controller.abort();
    const first = await runSmall({}, { checkpoint, onRecord, signal: controller.signal });
    expect(first.isFinished).toBe(false);
    const second = await runSmall({}, { checkpoint });
    expect(second.history).toEqual(whole.history);
    expect(weights(second.model)).toEqual(weights(whole.model));
    const other = await runSmall({}, { seed: 2 });
    expect(weights(other.model)).not.toEqual(weights(whole.model));
  });

  it.each([
    ["random mapping", { mapping: "random", epochs: 8 }],
    ["every bit a candidate", { candidates: null }],
    ["linear differences", { difference: "linear" }],
    ["plain differences", { difference: "plain" }],
    ["two inputs", { inputs: 2, layers: [96, 48] }],
    ["six inputs, one layer", { inputs: 6, layers: [40] }],
    ["gaussian thermometer, shared", { thermometer: "gaussian", featureWise: false }],
    ["uniform thermometer", { thermometer: "uniform" }],
    ["a pyramid", { reduction: "learned", layers: [40], epochs: 8 }],
    ["a last group that is filled up", { layers: [40, 22], pad: true }],
    ["regularisers", { decay: 1e-4, influence: 1e-3 }],
    ["shifts", { augmentation: { shift: 1 }, epochs: 8 }],
    ["gates", { tables: "gates", inputs: 2, layers: [96, 48], epochs: 8 }],
  ])("%s: learns, and the outcome is what was measured", async (_, own) => {
    const { history, model } = await runSmall(own);
    expect(history.at(-1)!.testAccuracy).toBeGreaterThan(0.5);
    expect(await accuracy(model)).toBe(history.at(-1)!.testAccuracy);
  });
});

describe("the hardened network", () => {
  it("is the network that was trained: the same logits, in the reference engine and in ONNX Runtime", async () => {
    const options = small({ inputs: 3 });
    const layout = layOut(fitEncoder(data.train, options), 4, 5, options);
    const parameters = Object.fromEntries(initialValues(layout, 5));
    const shape = [1, 6, 6];
    const interfaceOf = { name: "hard", input: "x", shape, output: "logits", classes: 4 };
    const hard = hardModel(harden(layout, parameters), layout, interfaceOf);
    const raw = rowsOf(data.test.inputs, 0, 40);
    const normalise = normaliser(shape, data.test.normalisation);
    const x = f32(
      raw.dims,
      Array.from(numbers(raw), (value, i) => normalise(value, i % sizeOf(shape))),
    );
    const graph = new Graph();
    const g = new Emit(graph);
    const input = graph.addInput("x", { dtype: "float32", dims: x.dims });
    const values = new Map(
      Object.entries(parameters).map(([name, value]) => [name, graph.addInitializer(name, value)]),
    );
    graph.addOutput(logitsOf(g, input, layout, values));
    const trained = runReference(new Model(graph), { x }).outputs[graph.outputs[0]!.name]!;
    const hardened = runReference(hard, { x }).outputs.logits!;
    expect(numbers(hardened)).toEqual(numbers(trained));

    const whole = new Graph();
    const emit = new Emit(whole);
    const fed = whole.addInput("x", { dtype: "float32", dims: x.dims });
    for (const output of inlineModel(emit, hard, new Map([["x", fed]]))) whole.addOutput(output);
    const standard = new Model(whole);
    expandFunctions().run(standard);
    const engine = new OrtEngine();
    const session = await engine.load(standard);
    const results = await session.run({ x });
    await engine.close();
    expect(numbers(Object.values(results)[0]!)).toEqual(numbers(hardened));
  });

  it("is written in standard operators and Femto's own alone", async () => {
    const { model } = await runSmall({ epochs: 1 });
    for (const { kind } of model.graph.nodes) expect(lookUp(kind), kind).toBeDefined();
  });
});

it("a pyramid narrows by the inputs of a table down to one bit a class", () => {
  expect(pyramid(216, 6, 1)).toEqual([36, 6, 1]);
  expect(pyramid(100, 4, 10)).toEqual([25, 10]);
  expect(pyramid(8, 2, 4)).toEqual([4]);
});

describe("what does not fit ends in one message", () => {
  it.each([
    ["groups that do not divide", () => runSmall({ layers: [40, 22] }), "shape.groups"],
    [
      "training data with NaN",
      () => {
        const { inputs } = data.train;
        const values = Float32Array.from(numbers(inputs));
        values[7] = Number.NaN;
        const train = { ...data.train, inputs: f32(inputs.dims, values) };
        return runSmall({}, { data: { train, test: data.test } });
      },
      "data.nan",
    ],
    [
      "training data that are all the same",
      () => {
        const inputs = { ...data.train.inputs, data: new Uint8Array(data.train.inputs.data.length).fill(9) };
        return runSmall({}, { data: { train: { ...data.train, inputs }, test: data.test } });
      },
      "data.constant",
    ],
  ])("%s", async (_, run, code) => {
    await expect(run()).rejects.toThrow(expect.objectContaining({ code }));
  });

  it("groups, and outputs that are no class of an example, before anything is trained", () => {
    const refused = (model: Model, own: object) => () => dwn.check!(model, small(own), true);
    expect(refused(face, { layers: [40, 24] })).not.toThrow();
    expect(refused(face, { layers: [40, 22], pad: true })).not.toThrow();
    expect(refused(face, { layers: [40, 22] })).toThrow(expect.objectContaining({ code: "shape.groups" }));
    const language = charGpt({ width: 8, depth: 1, heads: 2, context: 4, vocabulary: 5 });
    expect(refused(language, {})).toThrow(
      expect.objectContaining({ code: "dwn.classes", where: "output logits", got: "[N, 4, 5]" }),
    );
  });

  it.each([
    ["eleven inputs", { inputs: 11 }],
    ["no inputs", { inputs: 0 }],
    ["no thresholds", { bits: 0 }],
    ["gates of six inputs", { tables: "gates", inputs: 6 }],
    ["τ of 0", { tau: 0 }],
  ])("%s: refused by the options", (_, own) => {
    expect(() => small(own)).toThrow();
  });
});

it("reads the interface from the model it is given", async () => {
  const { model } = await runSmall({ epochs: 1 });
  expect(model.graph.inputs[0]!.name).toBe(face.graph.inputs[0]!.name);
  expect(model.graph.inputs[0]!.type!.dims).toEqual(["N", 1, 6, 6]);
  expect(model.graph.outputs.map(({ name }) => name)).toEqual(["logits"]);
});
