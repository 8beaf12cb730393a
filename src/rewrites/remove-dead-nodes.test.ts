import { expect, it } from "vitest";
import { f32, scalar } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { Value } from "../graph/value.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";

it("removes what no output needs, in subgraphs too, and keeps what a subgraph captures", () => {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: [2] });
  const unused = graph.addInitializer("unused", f32([1], [1]));
  const add = (into: Graph, name: string, a: Value, b: Value) => {
    const output = new Value(name);
    into.addNode({ op: "Add", name, inputs: [a, b], outputs: [output] });
    return output;
  };
  const captured = add(graph, "captured", x, x);
  add(graph, "dead", captured, unused);
  const branch = (name: string) => {
    const inner = new Graph(name);
    add(inner, `${name}_dead`, captured, captured);
    inner.addOutput(add(inner, `${name}_live`, captured, captured));
    return { type: "graph", value: inner } as const;
  };
  const y = new Value("y");
  graph.addNode({
    op: "If",
    inputs: [graph.addInitializer("condition", scalar("bool", true))],
    outputs: [y],
    attributes: { then_branch: branch("then"), else_branch: branch("else") },
  });
  graph.addOutput(y);
  const model = new Model(graph);
  expect(applyPasses(model, [removeDeadNodes])).toBe(true);
  expect(graph.nodes.map((node) => node.op)).toEqual(["Add", "If"]);
  expect(graph.initializers.map((value) => value.name)).toEqual(["condition"]);
  expect(graph.nodes[1]!.subgraphs.map((inner) => inner.nodes.map((node) => node.name))).toEqual([
    ["then_live"],
    ["else_live"],
  ]);
  expect(captured.uses).toHaveLength(4);
  expect(applyPasses(model, [removeDeadNodes])).toBe(false);
});
