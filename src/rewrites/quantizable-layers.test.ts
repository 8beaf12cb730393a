import { describe, expect, it } from "vitest";
import { f32, zeros } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { quantizableLayers } from "./quantizable-layers.ts";

function build(write: (g: Emit, x: Value, w: (name: string, dims: readonly number[]) => Value) => Value): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2, 6, 6] });
  graph.addOutput(write(new Emit(graph), x, (name, dims) => graph.addInitializer(name, zeros("float32", dims))));
  return new Model(graph);
}

describe("quantizableLayers", () => {
  it("lists layers in order, with weight, bias, input, output and sign", () => {
    const model = build((g, x, w) => {
      let y = g.op("Conv", [x, w("w1", [4, 2, 3, 3]), w("b1", [4])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
      y = g.op("MaxPool", [g.op("Relu", [y])], { kernel_shape: [2, 2], strides: [2, 2] });
      y = g.op("Flatten", [y]);
      y = g.op("Gemm", [y, w("w2", [5, 36]), w("b2", [5])], { transB: true });
      y = g.add(w("b3", [3]), g.matmul(y, g.op("Transpose", [w("w3", [3, 5])])));
      return g.matmul(w("w4", [1, 3]), g.op("Transpose", [g.op("Softmax", [y])]));
    });
    const layers = quantizableLayers(model).map((layer) => ({
      kind: layer.kind,
      weight: layer.initializer.name,
      bias: layer.bias?.name,
      from: layer.input.producer?.op,
      to: layer.output.producer!.op,
      positive: layer.isInputNonNegative,
    }));
    expect(layers).toEqual([
      { kind: "Conv", weight: "w1", bias: "b1", from: undefined, to: "Conv", positive: false },
      { kind: "Gemm", weight: "w2", bias: "b2", from: "Flatten", to: "Gemm", positive: true },
      { kind: "MatMul", weight: "w3", bias: "b3", from: "Gemm", to: "Add", positive: false },
      { kind: "MatMul", weight: "w4", bias: undefined, from: "Transpose", to: "MatMul", positive: true },
    ]);
    const [, , third] = quantizableLayers(model);
    expect(third!.node.inputs).toContain(third!.weight);
    expect(third!.weight.producer!.op).toBe("Transpose");
  });

  it("leaves out products of activations, and of constants", () => {
    const model = build((g, x, w) => {
      const flat = g.op("Flatten", [x]);
      const square = g.matmul(g.op("Transpose", [flat]), flat);
      return g.add(square, g.matmul(w("a", [72, 1]), w("b", [1, 72])));
    });
    expect(quantizableLayers(model)).toEqual([]);
  });

  it("gives equal node names a number", () => {
    const model = build((g, x, w) => {
      const flat = g.op("Flatten", [x]);
      const parts = [g.matmul(flat, w("a", [72, 1])), g.matmul(flat, w("b", [72, 1]))];
      for (const part of parts) part.producer!.name = "fc";
      return g.add(parts[0]!, parts[1]!);
    });
    expect(quantizableLayers(model).map((layer) => layer.name)).toEqual(["fc", "fc_2"]);
  });

  it("takes inputs for weights where it is told so", () => {
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
    const w = graph.addInput("w", { dtype: "float32", dims: [2, 3] });
    const b = graph.addInitializer("b", f32([3], [1, 2, 3]));
    const g = new Emit(graph);
    graph.addOutput(g.add(g.matmul(x, w), b));
    const model = new Model(graph);
    expect(quantizableLayers(model)).toEqual([]);
    const [layer] = quantizableLayers(model, { isWeight: (value) => value === w || value === b });
    expect([layer!.weight, layer!.bias, layer!.input]).toEqual([w, b, x]);
  });
});
