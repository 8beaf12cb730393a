import { describe, expect, it } from "vitest";
import { f32 } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { Emit } from "../operators/index.ts";
import { attachFunctions, detachFunctions } from "./attach-functions.ts";
import { expandFunctions } from "./expand-functions.ts";

/** Three quantisers of two kinds. */
function quantised(): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 4] });
  const g = new Emit(graph);
  const bits = g.scalar("float32", 3.5);
  const range = g.scalar("float32", 1.25);
  const a = g.op("femto.FakeQuant", [x, bits, range], { grid: "unsigned" });
  const b = g.op("femto.FakeQuant", [a, g.scalar("float32", 2.5), range], { grid: "unsigned" });
  graph.addOutput(g.op("femto.FakeQuant", [b, bits, range], { grid: "narrow" }));
  return new Model(graph);
}

const x = f32([2, 4], [0.3, -0.7, 1.1, 0.44, 2.5, 0.01, 0.62, -3]);
const answer = (model: Model) => Object.values(runReference(model, { x }).outputs)[0]!.data;

describe("attach-functions", () => {
  it("gives equal bodies one function and others a number", () => {
    const model = quantised();
    expect(applyPasses(model, [attachFunctions])).toBe(true);
    expect([...model.functions.keys()]).toEqual(["femto.FakeQuant", "femto.FakeQuant_2"]);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(["FakeQuant", "FakeQuant", "FakeQuant_2"]);
    expect(model.functions.get("femto.FakeQuant")!.attributes).toEqual(["grid"]);
    expect(model.opsets.get("femto")).toBe(1);
    for (const fn of model.functions.values()) expect(fn.graph.nodes.every((node) => node.domain === "")).toBe(true);
  });

  it("leaves functions that compute what the operator computes", () => {
    const model = quantised();
    applyPasses(model, [attachFunctions]);
    applyPasses(model, [expandFunctions()]);
    expect(model.graph.nodes.some((node) => node.domain === "femto")).toBe(false);
    expect(answer(model)).toEqual(answer(quantised()));
  });

  it("is undone by detach-functions", () => {
    const model = quantised();
    applyPasses(model, [attachFunctions, detachFunctions]);
    expect(model.functions.size).toBe(0);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(["FakeQuant", "FakeQuant", "FakeQuant"]);
    expect(answer(model)).toEqual(answer(quantised()));
  });

  it("makes a file that ONNX Runtime runs, with the same bits", async () => {
    const model = quantised();
    applyPasses(model, [attachFunctions]);
    const bytes = writeModel(model);
    const engine = new OrtEngine();
    const session = await engine.load(bytes, { keepQdq: true });
    expect(Object.values(await session.run({ x }))[0]!.data).toEqual(answer(quantised()));
    await engine.close();
    const again = readModel(bytes);
    applyPasses(again, [detachFunctions]);
    expect(again.graph.nodes.map((node) => node.kind)).toEqual(quantised().graph.nodes.map((node) => node.kind));
    expect(answer(again)).toEqual(answer(quantised()));
  });

  it("does nothing to standard nodes", () => {
    const graph = new Graph();
    const input = graph.addInput("x", { dtype: "float32", dims: [2] });
    graph.addOutput(new Emit(graph).add(input, input));
    expect(applyPasses(new Model(graph), [attachFunctions])).toBe(false);
  });
});
