import { expect, test } from "vitest";
import { zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "../operators/index.ts";
import { countWork, nodeWidths } from "./index.ts";

test("a value is as wide as the widest layer that reads it, through element-wise nodes", () => {
  const model = new Model();
  const g = new Emit(model.graph);
  const weight = () => g.constant(zeros("float32", [4, 4]), "w");
  const x = model.graph.addInput("x", { dtype: "float32", dims: [2, 4] });
  const shared = g.op("Relu", [g.matmul(x, weight())]);
  const left = g.matmul(shared, weight());
  const right = g.matmul(shared, weight());
  model.graph.addOutput(g.op("Add", [left, right]));
  const { nodes, layers } = countWork(model);
  const [first, second, third] = layers.map(({ name }) => name) as [string, string, string];
  const widthsOf = nodeWidths(nodes, [
    { layer: first, weight: 3, input: 8 },
    { layer: second, weight: 4, input: 5 },
    { layer: third, weight: 4, input: 6 },
  ]);
  const of = (operator: string) => widthsOf(nodes.find((node) => node.operator === operator)!);
  expect(widthsOf(layers[0]!)).toEqual({ weight: 3, input: 8, output: 6 });
  expect(of("Relu")).toMatchObject({ input: 6, output: 6 });
  // what reaches no layer keeps the width of what it was made from
  expect(widthsOf(layers[1]!).output).toBe(5);
  expect(of("Add")).toMatchObject({ input: 5, output: 5 });
});

test("another node may be named, too", () => {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: [2, 4] });
  model.graph.addOutput(g.op("Relu", [g.matmul(x, g.constant(zeros("float32", [4, 4]), "w"))]));
  const { nodes } = countWork(model);
  const [layer, relu] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  const widthsOf = nodeWidths(nodes, [
    { layer: layer.name, weight: 4, input: 4 },
    { layer: relu.name, weight: 16, input: 16 },
  ]);
  expect(widthsOf(relu).input).toBe(16);
  expect(widthsOf(layer).output).toBe(16);
});
