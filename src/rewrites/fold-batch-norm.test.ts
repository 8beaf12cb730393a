import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";

const rng = new Rng(11, "fold");
const random = (dims: readonly number[], low = -1, high = 1) =>
  tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => low + (high - low) * rng.uniform()),
  );

interface Case {
  readonly input: readonly number[];
  readonly layer: (g: Emit, x: Value, weight: (name: string, dims: readonly number[]) => Value) => Value;
  readonly ops: readonly string[];
}

const cases: Record<string, Case> = {
  "Conv without bias": {
    input: [2, 3, 5, 4],
    layer: (g, x, w) => g.op("Conv", [x, w("w", [4, 3, 3, 3])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    ops: ["Conv"],
  },
  "grouped Conv with bias": {
    input: [1, 4, 5, 5],
    layer: (g, x, w) => g.op("Conv", [x, w("w", [6, 2, 2, 2]), w("b", [6])], { kernel_shape: [2, 2], group: 2 }),
    ops: ["Conv"],
  },
  "Conv in one dimension": {
    input: [2, 2, 7],
    layer: (g, x, w) => g.op("Conv", [x, w("w", [3, 2, 3])], { kernel_shape: [3] }),
    ops: ["Conv"],
  },
  "grouped ConvTranspose": {
    input: [2, 4, 3, 3],
    layer: (g, x, w) =>
      g.op("ConvTranspose", [x, w("w", [4, 3, 2, 2]), w("b", [6])], {
        kernel_shape: [2, 2],
        group: 2,
        strides: [2, 2],
      }),
    ops: ["ConvTranspose"],
  },
  Gemm: {
    input: [3, 4],
    layer: (g, x, w) => g.op("Gemm", [x, w("w", [4, 5]), w("b", [1, 5])], { alpha: 0.5, beta: 2 }),
    ops: ["Gemm"],
  },
  "Gemm, transposed, with a scalar bias": {
    input: [3, 4],
    layer: (g, x, w) => g.op("Gemm", [x, w("w", [5, 4]), w("b", [])], { transB: true }),
    ops: ["Gemm"],
  },
  MatMul: { input: [3, 4], layer: (g, x, w) => g.matmul(x, w("w", [4, 5])), ops: ["MatMul", "Add"] },
  "MatMul and Add": {
    input: [3, 4],
    layer: (g, x, w) => g.add(w("b", [5]), g.matmul(x, w("w", [4, 5]))),
    ops: ["MatMul", "Add"],
  },
};

function build({ input, layer }: Case): { model: Model; g: Emit; y: Value } {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", ...input.slice(1)] });
  const y = layer(g, x, (name, dims) => graph.addInitializer(name, random(dims)));
  const channels = [y.type!.dims![1] as number];
  const parameters = [random(channels, 0.5, 2), random(channels), random(channels), random(channels, 0.1, 3)];
  const values = parameters.map((value) => graph.addInitializer("norm", value));
  graph.addOutput(g.op("BatchNormalization", [y, ...values], { epsilon: 1e-3 }));
  return { model: new Model(graph), g, y };
}

describe("fold-batch-norm", () => {
  it.each(Object.entries(cases))("%s: same answers without the norm", (_, example) => {
    const { model } = build(example);
    const x = random(example.input);
    const [name] = model.graph.outputs.map((output) => output.name);
    const before = numbers(runReference(model, { x }).outputs[name!]!);
    expect(applyPasses(model, [foldBatchNorm])).toBe(true);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(example.ops);
    const after = numbers(runReference(model, { x }).outputs[name!]!);
    const scale = Math.max(...before.map(Math.abs));
    for (let i = 0; i < before.length; i++) expect(Math.abs(after[i]! - before[i]!)).toBeLessThan(1e-6 * scale);
    expect(applyPasses(model, [foldBatchNorm])).toBe(false);
  });

  it("leaves a norm whose input somebody else reads", () => {
    const { model, g, y } = build(cases.Gemm!);
    model.graph.addOutput(g.add(y, y));
    expect(applyPasses(model, [foldBatchNorm])).toBe(false);
  });

  it("leaves training mode and quantised weights alone", () => {
    const training = build(cases.Gemm!).model;
    training.graph.nodes[1]!.attributes = { training_mode: { type: "int", value: 1 } };
    expect(applyPasses(training, [foldBatchNorm])).toBe(false);
    const quantised = build({
      ...cases.Gemm!,
      layer: (g, x, w) => g.op("Gemm", [x, g.add(w("w", [4, 5]), w("noise", [4, 5]))]),
    }).model;
    expect(applyPasses(quantised, [foldBatchNorm])).toBe(false);
  });

  it("copies a weight that two layers share", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
    const w = graph.addInitializer("w", random([2, 2]));
    const norm = [2, 3, 4, 5].map((value) => graph.addInitializer("norm", tensor("float32", [2], [value, 1])));
    graph.addOutput(g.op("BatchNormalization", [g.op("Gemm", [x, w]), ...norm]));
    graph.addOutput(g.op("Gemm", [x, w]));
    const model = new Model(graph);
    const feed = { x: random([3, 2]) };
    const second = graph.outputs[1]!.name;
    const before = runReference(model, feed).outputs[second]!.data;
    applyPasses(model, [foldBatchNorm]);
    expect(runReference(model, feed).outputs[second]!.data).toEqual(before);
    expect(graph.initializers.map((value) => value.name)).toEqual(["w", "w_folded", "w_bias"]);
  });
});
