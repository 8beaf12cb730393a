import { describe, expect, it } from "vitest";
import { f32, scalar } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { removeIdentities } from "./remove-identities.ts";

const x = f32([2, 3], [1, 2, 3, 4, 5, 6]);

/** What is left of a graph between two additions, after the pass; its answer must be the same as before. */
function left(write: (g: Emit, x: Value) => Value): string[] {
  const graph = new Graph();
  const input = graph.addInput("x", { dtype: "float32", dims: [2, 3] });
  const g = new Emit(graph);
  const result = write(g, g.add(input, input));
  graph.addOutput(g.add(result, result));
  const model = new Model(graph);
  const answer = () => Object.values(runReference(model, { x }).outputs);
  const before = answer();
  applyPasses(model, [removeIdentities]);
  expect(answer()).toEqual(before);
  const ops = graph.nodes.map((node) => node.op);
  expect([ops[0], ops.at(-1)]).toEqual(["Add", "Add"]);
  return ops.slice(1, -1);
}

describe("remove-identities", () => {
  it.each<[string, (g: Emit, x: Value) => Value]>([
    ["Identity", (g, x) => g.op("Identity", [x])],
    [
      "Dropout in inference",
      (g, x) => g.op("Dropout", [x, g.scalar("float32", 0.5), g.constant(scalar("bool", false))]),
    ],
    ["Cast to the same type", (g, x) => g.op("Cast", [x], { to: "float32" })],
    ["Reshape to the same shape", (g, x) => g.op("Reshape", [x, g.ints([2, -1])])],
    ["Flatten of a matrix", (g, x) => g.op("Flatten", [x])],
    ["Transpose by nothing", (g, x) => g.op("Transpose", [x], { perm: [0, 1] })],
    ["two Transposes", (g, x) => g.op("Transpose", [g.op("Transpose", [x])])],
    ["Reshape and back", (g, x) => g.op("Reshape", [g.op("Reshape", [x, g.ints([6])]), g.ints([2, 3])])],
    ["Unsqueeze and back", (g, x) => g.op("Reshape", [g.op("Unsqueeze", [x, g.ints([0])]), g.ints([2, 3])])],
    ["a Slice of everything", (g, x) => g.op("Slice", [x, g.ints([0]), g.ints([99]), g.ints([1])])],
    ["a Pad of nothing", (g, x) => g.op("Pad", [x, g.ints([0, 0, 0, 0])])],
    ["an Expand to itself", (g, x) => g.op("Expand", [x, g.ints([1, 3])])],
    ["a Concat of one", (g, x) => g.op("Concat", [x], { axis: 0 })],
    ["a chain of them", (g, x) => g.op("Identity", [g.op("Flatten", [g.op("Identity", [x])])])],
  ])("removes %s", (_, write) => expect(left(write)).toEqual([]));

  it.each<[string, (g: Emit, x: Value) => Value, string[]]>([
    [
      "a Slice backwards",
      (g, x) => g.op("Slice", [x, g.ints([-1]), g.ints([-99]), g.ints([1]), g.ints([-1])]),
      ["Slice"],
    ],
    [
      "one Transpose of three",
      (g, x) => g.op("Transpose", [g.op("Transpose", [g.op("Transpose", [x])])]),
      ["Transpose"],
    ],
    ["the outer Reshape", (g, x) => g.op("Reshape", [g.op("Reshape", [x, g.ints([6])]), g.ints([3, 2])]), ["Reshape"]],
    [
      "both Reshapes where a zero copies a dimension",
      (g, x) => g.op("Reshape", [g.op("Reshape", [x, g.ints([3, 2])]), g.ints([0, 1, -1])]),
      ["Reshape", "Reshape"],
    ],
  ])("keeps %s", (_, write, ops) => expect(left(write).slice(-ops.length)).toEqual(ops));

  it("keeps the Identity between an input and an output", () => {
    const graph = new Graph();
    const input = graph.addInput("x", { dtype: "float32", dims: [2, 3] });
    const g = new Emit(graph);
    const sum = g.add(input, input);
    graph.addOutput(g.op("Identity", [input]));
    graph.addOutput(sum);
    graph.addOutput(g.op("Identity", [sum]));
    const names = graph.outputs.map((output) => output.name);
    expect(applyPasses(new Model(graph), [removeIdentities])).toBe(false);
    expect(graph.outputs.map((output) => output.name)).toEqual(names);
  });

  it("hands the name of an output on to what made it", () => {
    const graph = new Graph();
    const input = graph.addInput("x", { dtype: "float32", dims: [2, 3] });
    const g = new Emit(graph);
    const output = g.op("Identity", [g.add(input, input)]);
    output.name = "answer";
    graph.addOutput(output);
    expect(applyPasses(new Model(graph), [removeIdentities])).toBe(true);
    expect(graph.nodes.map((node) => [node.op, node.outputs[0]!.name])).toEqual([["Add", "answer"]]);
  });
});
