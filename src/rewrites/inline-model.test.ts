import { describe, expect, it } from "vitest";
import { f32, scalar } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Value } from "../graph/value.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { inlineModel } from "./inline-model.ts";

function network(): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: [1, 2] });
  const w = graph.addInitializer("w", f32([2, 2], [1, 2, 3, 4]));
  const b = graph.addInitializer("b", f32([2], [10, 20]));
  const g = new Emit(graph, { scope: "fc" });
  graph.addOutput(g.add(g.matmul(x, w), b));
  return new Model(graph);
}

describe("inlineModel", () => {
  it("makes two copies that share a bound weight and the constants", () => {
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
    const weight = graph.addInput("weight", { dtype: "float32", dims: [2, 2] });
    const g = new Emit(graph);
    const bind = new Map([
      ["x", x],
      ["w", weight],
    ]);
    g.scope = "student";
    const [a] = inlineModel(g, network(), bind);
    const model = network();
    g.scope = "teacher";
    const [b] = inlineModel(g, model, bind);
    const [c] = inlineModel(g, model, bind);
    g.scope = "";
    graph.addOutput(g.add(g.add(a!, b!), c!));
    verifyModel(new Model(graph));
    expect(graph.nodes.map((node) => node.name).slice(0, 4)).toEqual([
      "student/fc/MatMul",
      "student/fc/Add",
      "teacher/fc/MatMul",
      "teacher/fc/Add",
    ]);
    expect(graph.initializers.map((value) => value.name)).toEqual(["student/b", "teacher/b"]);
    expect(a!.type).toEqual({ dtype: "float32", dims: ["N", 2] });
    const feeds = { x: f32([1, 2], [1, 1]), weight: f32([2, 2], [1, 0, 0, 1]) };
    const { outputs } = runReference(new Model(graph), feeds);
    expect(Object.values(outputs)[0]!.data).toEqual(Float32Array.of(33, 63));
  });

  it("takes defaults of inputs as constants and refuses inputs without value and unknown names", () => {
    const model = network();
    model.graph.inputs.push(model.graph.initializers[1]!);
    const graph = new Graph();
    const g = new Emit(graph);
    expect(() => inlineModel(g, model, new Map())).toThrow(expect.objectContaining({ code: "inline.input" }));
    const x = graph.addInput("x", { dtype: "float32", dims: [1, 2] });
    expect(() => inlineModel(g, model, new Map([["y", x]]))).toThrow(expect.objectContaining({ code: "inline.name" }));
    const [y] = inlineModel(g, model, new Map([["x", x]]));
    graph.addOutput(y!);
    expect(Object.values(runReference(new Model(graph), { x: f32([1, 2], [1, 1]) }).outputs)[0]!.data).toEqual(
      Float32Array.of(14, 26),
    );
  });

  it("copies subgraphs and what they capture", () => {
    const source = new Graph();
    const x = source.addInput("x", { dtype: "float32", dims: [2] });
    const yes = source.addInput("yes", { dtype: "bool", dims: [] });
    const branch = (name: string, write: (g: Emit) => Value) => {
      const inner = new Graph(name);
      inner.addOutput(write(new Emit(inner, { scope: name })));
      return { type: "graph", value: inner } as const;
    };
    const y = new Value("y");
    source.addNode({
      op: "If",
      inputs: [yes],
      outputs: [y],
      attributes: { then_branch: branch("then", (g) => g.add(x, x)), else_branch: branch("else", (g) => g.mul(x, x)) },
    });
    source.addOutput(y);
    const model = new Model(source);
    inferModel(model);

    const graph = new Graph();
    const input = graph.addInput("input", { dtype: "float32", dims: [2] });
    const g = new Emit(graph, { scope: "copy" });
    const flag = g.constant(scalar("bool", false));
    const [first] = inlineModel(
      g,
      model,
      new Map([
        ["x", input],
        ["yes", flag],
      ]),
    );
    const [second] = inlineModel(
      g,
      model,
      new Map([
        ["x", first!],
        ["yes", flag],
      ]),
    );
    graph.addOutput(second!);
    const target = new Model(graph);
    verifyModel(target);
    expect(Object.values(runReference(target, { input: f32([2], [2, 3]) }).outputs)[0]!.data).toEqual(
      Float32Array.of(16, 81),
    );
  });
});
