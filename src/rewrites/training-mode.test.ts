import { describe, expect, it } from "vitest";
import { f32, numbers } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { inferenceMode, runningStatistics, trainingMode } from "./training-mode.ts";

function normalised(): Model {
  const graph = new Graph();
  const g = new Emit(graph, { scope: "norm" });
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
  const parameters = [
    ["scale", [2, 1]],
    ["shift", [0, 1]],
    ["mean", [1, -1]],
    ["var", [4, 9]],
  ] as const;
  const values = parameters.map(([name, elements]) => graph.addInitializer(name, f32([2], elements)));
  graph.addOutput(g.op("BatchNormalization", [x, ...values], { momentum: 0.75, epsilon: 0 }));
  return new Model(graph);
}

const x = f32([2, 2], [1, 2, 3, 6]);

describe("training-mode", () => {
  it("normalises by the batch and says what the running statistics become", () => {
    const model = normalised();
    expect(applyPasses(model, [trainingMode()])).toBe(true);
    const statistics = runningStatistics(model.graph);
    expect(statistics.map(({ statistic }) => statistic.name)).toEqual(["mean", "var"]);
    for (const { update } of statistics) model.graph.addOutput(update);
    inferModel(model);
    const { outputs } = runReference(model, { x });
    const [y, mean, variance] = model.graph.outputs.map((value) => Array.from(numbers(outputs[value.name]!)));
    // Batch means 2 and 4, biased variances 1 and 4; a quarter of them enters.
    expect(y).toEqual([-2, 0, 2, 2]);
    expect(mean).toEqual([0.75 * 1 + 0.25 * 2, 0.75 * -1 + 0.25 * 4]);
    expect(variance).toEqual([0.75 * 4 + 0.25 * 1, 0.75 * 9 + 0.25 * 4]);
    expect(applyPasses(model, [trainingMode()])).toBe(false);
  });

  it("leaves frozen normalisations alone", () => {
    expect(applyPasses(normalised(), [trainingMode({ frozen: (node) => node.name.startsWith("norm") })])).toBe(false);
  });

  it("is undone by inference-mode", () => {
    const model = normalised();
    const expected = runReference(model, { x }).outputs;
    const copy = cloneModel(model);
    applyPasses(copy, [trainingMode(), inferenceMode]);
    expect(runReference(copy, { x }).outputs).toEqual(expected);
    expect(copy.graph.nodes[0]!.outputs).toHaveLength(1);
    expect(applyPasses(copy, [inferenceMode])).toBe(false);
  });

  it("does not throw away statistics that somebody reads", () => {
    const model = normalised();
    applyPasses(model, [trainingMode()]);
    model.graph.addOutput(runningStatistics(model.graph)[0]!.update);
    expect(() => applyPasses(model, [inferenceMode])).toThrow(expect.objectContaining({ code: "rewrite.statistics" }));
  });

  it("switches Dropout on and off", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const input = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
    graph.addOutput(g.op("Dropout", [g.op("Dropout", [input]), g.scalar("float32", 0.25)]));
    const model = new Model(graph);
    applyPasses(model, [trainingMode()]);
    const flags = model.graph.nodes.map((node) => node.inputs[2]);
    expect(flags[0]!.constant!.data).toEqual(Uint8Array.of(1));
    expect(flags[1]).toBe(flags[0]);
    inferModel(model);
    expect(runReference(model, { x }).outputs).not.toEqual({ [graph.outputs[0]!.name]: x });
    applyPasses(model, [inferenceMode]);
    expect(model.graph.nodes.map((node) => node.inputs.length)).toEqual([1, 2]);
    expect(runReference(model, { x }).outputs).toEqual({ [graph.outputs[0]!.name]: x });
  });
});
