import { describe, expect, it } from "vitest";
import { f32 } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { mergeEqualNodes } from "./merge-equal-nodes.ts";

function build(write: (g: Emit, x: Value) => Value | Value[]): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
  const outputs = [write(new Emit(graph), x)].flat();
  for (const output of outputs) graph.addOutput(output);
  return new Model(graph);
}

const x = f32([2, 2], [1, -2, 3, 0.5]);
const answers = (model: Model) =>
  Object.values(runReference(model, { x }).outputs).map(({ data }) => [...(data as Float32Array)]);

describe("merge-equal-nodes", () => {
  it("merges equal branches as a whole", () => {
    const model = build((g, x) => {
      const branch = () => g.op("Softmax", [g.add(x, x)], { axis: 1 });
      return g.add(branch(), branch());
    });
    const before = answers(model);
    expect(applyPasses(model, [mergeEqualNodes()])).toBe(true);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(["Add", "Softmax", "Add"]);
    expect(answers(model)).toEqual(before);
    expect(applyPasses(model, [mergeEqualNodes()])).toBe(false);
  });

  it("tells attributes apart", () => {
    const model = build((g, x) => g.add(g.op("Softmax", [x], { axis: 0 }), g.op("Softmax", [x], { axis: 1 })));
    expect(applyPasses(model, [mergeEqualNodes()])).toBe(false);
  });

  it("compares constants by their elements, but not −0 with 0", () => {
    const model = build((g, x) => {
      const plus = (value: number) => g.add(x, g.graph.addInitializer("c", f32([], [value])));
      return g.add(g.add(plus(0), plus(0)), plus(-0));
    });
    applyPasses(model, [mergeEqualNodes()]);
    expect(model.graph.nodes).toHaveLength(4);
    expect(model.graph.initializers).toHaveLength(2);
  });

  it("keeps two equal weights apart, since training would part them", () => {
    const model = build((g, x) => {
      const head = () => g.matmul(x, g.graph.addInitializer("w", f32([2, 1], [0, 0])));
      return g.add(head(), head());
    });
    expect(applyPasses(model, [mergeEqualNodes()])).toBe(false);
  });

  it("keeps the names of outputs", () => {
    const model = build((g, x) => [g.add(x, x), g.add(x, x)]);
    const names = model.graph.outputs.map((output) => output.name);
    expect(applyPasses(model, [mergeEqualNodes()])).toBe(false);
    expect(model.graph.outputs.map((output) => output.name)).toEqual(names);
    const inner = build((g, x) => {
      const first = g.add(x, x);
      return [g.add(x, x), g.op("Softmax", [first])];
    });
    const [name] = inner.graph.outputs.map((output) => output.name);
    const before = answers(inner);
    expect(applyPasses(inner, [mergeEqualNodes()])).toBe(true);
    expect(inner.graph.outputs[0]!.name).toBe(name);
    expect(answers(inner)).toEqual(before);
  });
});
