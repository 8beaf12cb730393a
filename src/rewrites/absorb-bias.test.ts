import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { absorbBias } from "./absorb-bias.ts";

const rng = new Rng(2, "absorb");
const random = (dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );

type Write = (g: Emit, x: Value, w: (dims: readonly number[]) => Value) => Value;

function build(input: readonly number[], write: Write): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", ...input.slice(1)] });
  graph.addOutput(write(new Emit(graph), x, (dims) => graph.addInitializer("w", random(dims))));
  return new Model(graph);
}

const image = [2, 3, 4, 4];
const rows = [2, 3];
const conv: Write = (g, x, w) => g.op("Conv", [x, w([5, 3, 2, 2])], { kernel_shape: [2, 2] });

describe("absorb-bias", () => {
  it.each<[string, readonly number[], Write, string]>([
    ["Conv and [C, 1, 1]", image, (g, x, w) => g.add(conv(g, x, w), w([5, 1, 1])), "Conv"],
    [
      "Conv with bias, added from the left",
      image,
      (g, x, w) => g.add(w([1, 5, 1, 1]), g.op("Conv", [x, w([5, 3, 1, 1]), w([5])])),
      "Conv",
    ],
    ["Conv and a number", image, (g, x, w) => g.add(conv(g, x, w), w([])), "Conv"],
    [
      "ConvTranspose",
      image,
      (g, x, w) => g.add(g.op("ConvTranspose", [x, w([3, 2, 2, 2])]), w([2, 1, 1])),
      "ConvTranspose",
    ],
    ["Gemm with β", rows, (g, x, w) => g.add(g.op("Gemm", [x, w([3, 4]), w([1, 4])], { beta: 0.5 }), w([4])), "Gemm"],
    ["MatMul", rows, (g, x, w) => g.add(g.matmul(x, w([3, 4])), w([1, 4])), "Gemm"],
    ["two additions", rows, (g, x, w) => g.add(w([4]), g.add(g.matmul(x, w([3, 4])), w([4]))), "Gemm"],
  ])("absorbs %s", (_, input, write, op) => {
    const model = build(input, write);
    const x = random(input);
    const [{ name }] = model.graph.outputs as [Value];
    const before = numbers(runReference(model, { x }).outputs[name]!);
    expect(applyPasses(model, [absorbBias])).toBe(true);
    expect(model.graph.nodes.map((node) => node.op)).toEqual([op]);
    const after = numbers(runReference(model, { x }).outputs[name]!);
    for (let i = 0; i < before.length; i++) expect(after[i]).toBeCloseTo(before[i]!, 5);
    expect(applyPasses(model, [absorbBias])).toBe(false);
  });

  it.each<[string, readonly number[], Write]>([
    ["a picture", image, (g, x, w) => g.add(conv(g, x, w), w([3, 3]))],
    ["a vector along the rows of a picture", image, (g, x, w) => g.add(g.op("Conv", [x, w([3, 3, 2, 2])]), w([3]))],
    ["a column", rows, (g, x, w) => g.add(g.matmul(x, w([3, 2])), w([2, 1]))],
    ["a stack", [2, 3, 3], (g, x, w) => g.add(g.matmul(x, w([3, 3])), w([3]))],
    ["what widens the result", rows, (g, x, w) => g.add(g.matmul(x, w([3, 3])), w([1, 1, 3]))],
  ])("leaves %s", (_, input, write) => expect(applyPasses(build(input, write), [absorbBias])).toBe(false));

  it("leaves a result that someone else reads", () => {
    const model = build(rows, (g, x, w) => {
      const product = g.matmul(x, w([3, 3]));
      return g.mul(g.add(product, w([3])), product);
    });
    expect(applyPasses(model, [absorbBias])).toBe(false);
  });
});
