import { describe, expect, it } from "vitest";
import { zeros } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { bertTiny, charGpt, countModel, mlp, vitTiny } from "../zoo/index.ts";
import { transformerMlps } from "./transformer-mlps.ts";

/** Through a file and back, as a user's network comes in. */
function imported(model: Model): Model {
  const read = readModel(writeModel(model));
  inferModel(read);
  return read;
}

type Activation = (g: Emit, x: Value) => Value;

/** One block of 6 → 24 → 6 with the activation given, behind reshapes and Gemm as GPT-2 is exported. */
function block(act: Activation, options: { leak?: boolean; shortcut?: boolean } = {}): Model {
  const { leak = false, shortcut = true } = options;
  const graph = new Graph("block");
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: [2, 5, 6] });
  const w = (name: string, dims: readonly number[]) => graph.addInitializer(name, zeros("float32", dims));
  const normed = g.op("LayerNormalization", [x, w("scale", [6])], { axis: -1 });
  const wide = g.op("Gemm", [g.reshape(normed, [10, 6]), w("w1", [6, 24]), w("b1", [24])]);
  const active = act(g, g.reshape(wide, [2, 5, 24]));
  const narrow = g.op("Gemm", [g.reshape(active, [10, 24]), w("w2", [24, 6]), w("b2", [6])]);
  const y = g.reshape(narrow, [2, 5, 6]);
  graph.addOutput(shortcut ? g.add(x, y) : y);
  if (leak) graph.addOutput(active);
  return new Model(graph);
}

const c = (g: Emit, x: Value, value: number) => g.scalar(x, value);
const byErf: Activation = (g, x) =>
  g.mul(g.mul(x, g.add(g.op("Erf", [g.div(x, c(g, x, Math.SQRT2))]), c(g, x, 1))), c(g, x, 0.5));
const byTanh: Activation = (g, x) => {
  const cube = g.op("Pow", [x, c(g, x, 3)]);
  const inner = g.scale(g.add(x, g.scale(cube, 0.044715)), Math.sqrt(2 / Math.PI));
  return g.mul(g.scale(x, 0.5), g.add(g.op("Tanh", [inner]), c(g, x, 1)));
};
const bySigmoid: Activation = (g, x) => g.mul(x, g.op("Sigmoid", [g.scale(x, 1.702)]));

describe("transformerMlps", () => {
  it.each<[string, () => Model, number, number, "before" | "after"]>([
    ["vitTiny", () => vitTiny({ depth: 3, width: 24, size: 8 }), 3, 24, "before"],
    ["charGpt", () => charGpt({ depth: 2, width: 16, heads: 2, context: 8 }), 2, 16, "before"],
    ["bertTiny", () => bertTiny({ vocabulary: 50 }), 2, 128, "after"],
  ])("finds every one of %s, before and after a file", (_, make, depth, width, shortcut) => {
    for (const model of [make(), imported(make())]) {
      const found = transformerMlps(model);
      expect(found.map(({ hidden, ...rest }) => [rest.width, hidden, rest.shortcut])).toEqual(
        new Array(depth).fill([width, 4 * width, shortcut]),
      );
      for (const { norm, residual } of found) expect([norm.op, residual.op]).toEqual(["LayerNormalization", "Add"]);
    }
  });

  it("finds the products that hold 697.17 M of ViT-T's operations", () => {
    const model = vitTiny({ size: 224, patch: 16, width: 192, depth: 12, heads: 3 });
    const inside = new Set(transformerMlps(model).flatMap(({ first, second }) => [first.node, second.node]));
    const { layers } = countModel(model, { N: 1 });
    expect(inside.size).toBe(24);
    expect(layers.reduce((sum, { node, macs }) => sum + (inside.has(node) ? macs : 0), 0)).toBe(697_171_968);
  });

  it.each<[string, Activation]>([
    ["erf", byErf],
    ["tanh", byTanh],
    ["sigmoid", bySigmoid],
    ["erf", (g, x) => g.op("Gelu", [x])],
    ["tanh", (g, x) => g.op("Gelu", [x], { approximate: "tanh" })],
  ])("knows a GELU by its values: %s", (form, act) => {
    const [found, ...others] = transformerMlps(imported(block(act)));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ gelu: form, width: 6, hidden: 24, shortcut: "before" });
  });

  it.each<[string, Model]>([
    ["a network without attention", mlp()],
    ["another activation", block((g, x) => g.op("Relu", [x]))],
    ["GELU of twice the argument", block((g, x) => byErf(g, g.scale(x, 2)))],
    ["hidden values that are put out", block(byErf, { leak: true })],
    ["no shortcut", block(byErf, { shortcut: false })],
  ])("says so where there is none: %s", (_, model) => {
    expect(() => transformerMlps(model)).toThrow(expect.objectContaining({ code: "rewrite.mlp" }));
  });

  it("leaves the model as it is", () => {
    const model = block(byTanh);
    const before = writeModel(model);
    transformerMlps(model);
    expect(writeModel(model)).toEqual(before);
  });
});
