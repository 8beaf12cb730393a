/** @file What happens to layers whose weights have become integer codes: biases, batch norms, factors. */

import { describe, expect, it } from "vitest";
import { f32, numbers, scalar, type Tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { foldQuantisedBatchNorm, freezeWeights, frozenWeight, plainGemm, quantiseBias } from "./index.ts";
import { insertQuantizers } from "./insert-quantizers.ts";
import { quantizableLayers } from "./quantizable-layers.ts";

const x = f32([2, 3], [0.5, -1, 0.25, 1, 0.75, -0.5]);
const weights = f32([3, 2], [0.55, -0.25, 1, 0.75, -1, 0.125]);

/** A quantised model: 8-bit inputs in [−2, 2], 4-bit weights in [−1, 1]. */
function build(write: (g: Emit, x: Value, constant: (t: Tensor) => Value) => Value): Model {
  const graph = new Graph();
  const input = graph.addInput("x", { dtype: "float32", dims: ["N", 3] });
  graph.addOutput(write(new Emit(graph), input, (t) => graph.addInitializer("constant", t)));
  const model = new Model(graph);
  const plan = { mode: "round", weightBits: 4, weightRange: scalar("float32", 1), weightAxis: -1 } as const;
  const activation = { inputBits: 8, inputGrid: "affine", inputHigh: 2, inputLow: -2, container: 8 } as const;
  insertQuantizers(
    model,
    quantizableLayers(model).map(({ name }) => ({ layer: name, ...plan, ...activation })),
  );
  return model;
}

const answer = (model: Model) => Array.from(numbers(runReference(model, { x }).outputs[model.graph.outputs[0]!.name]!));
const find = (model: Model, op: string): Node => model.graph.nodes.find((node) => node.op === op)!;
const normalise = (g: Emit, y: Value, constant: (t: Tensor) => Value, gamma: readonly number[]) =>
  g.op("BatchNormalization", [
    y,
    ...[f32([2], gamma), f32([2], [0.25, -1]), f32([2], [0.1, 0.2]), f32([2], [1, 4])].map(constant),
  ]);

function expectClose(model: Model, before: Model, tolerance: number): void {
  const [a, b] = [answer(model), answer(before)];
  for (const [i, value] of a.entries()) expect(Math.abs(value - b[i]!)).toBeLessThan(tolerance);
}

describe("freeze-weights", () => {
  it("stores the codes that the quantiser makes, with their bits", () => {
    const model = build((g, input, constant) => g.matmul(input, constant(weights)));
    const before = cloneModel(model);
    expect(applyPasses(model, [freezeWeights])).toBe(true);
    const { codes } = frozenWeight(find(model, "MatMul"))!;
    expect([codes.constant!.dtype, codes.metadata.get("femto.bits")]).toEqual(["int8", "4"]);
    // ±7 on [−1, 1]: 3.85 → 4, −1.75 → −2, 5.25 → 5, 0.875 → 1
    expect(Array.from(codes.constant!.data as Int8Array)).toEqual([4, -2, 7, 5, -7, 1]);
    expect(answer(model)).toEqual(answer(before));
  });
});

describe("plain-gemm", () => {
  it.each([
    ["a negative α", -0.5, 1, [-4, 2, -7, -5, 7, -1]],
    ["α and β", 2, 0.25, [4, -2, 7, 5, -7, 1]],
    ["α of zero", 0, 1, [0, 0, 0, 0, 0, 0]],
  ])("takes %s into scale and bias", (_, alpha, beta, codes) => {
    const model = build((g, input, constant) =>
      g.op("Gemm", [input, constant(weights), constant(f32([2], [0.5, -1]))], { alpha, beta }),
    );
    const before = cloneModel(model);
    applyPasses(model, [freezeWeights, plainGemm]);
    const gemm = find(model, "Gemm");
    expect([gemm.attributes.alpha, gemm.attributes.beta]).toEqual([undefined, undefined]);
    expect(Array.from(frozenWeight(gemm)!.codes.constant!.data as Int8Array)).toEqual(codes);
    expectClose(model, before, 1e-6);
    expect(applyPasses(model, [plainGemm])).toBe(false);
  });

  it("leaves a β in front of a C that is computed", () => {
    const model = build((g, input, constant) =>
      g.op("Gemm", [input, constant(weights), g.op("Slice", [input, g.ints([0]), g.ints([2]), g.ints([1])])], {
        beta: 0.5,
      }),
    );
    applyPasses(model, [freezeWeights]);
    expect(applyPasses(model, [plainGemm])).toBe(false);
  });
});

describe("fold-quantised-batch-norm", () => {
  it.each<[string, (g: Emit, input: Value, constant: (t: Tensor) => Value) => Value]>([
    ["MatMul", (g, input, constant) => g.matmul(input, constant(weights))],
    ["MatMul and Add", (g, input, constant) => g.add(g.matmul(input, constant(weights)), constant(f32([2], [1, -2])))],
    ["Gemm", (g, input, constant) => g.op("Gemm", [input, constant(weights), constant(f32([2], [1, -2]))])],
  ])("goes into %s; a negative factor turns signs, no code is rounded again", (_, layer) => {
    const model = build((g, input, constant) => normalise(g, layer(g, input, constant), constant, [2, -0.5]));
    const before = cloneModel(model);
    applyPasses(model, [freezeWeights, foldQuantisedBatchNorm]);
    const gemm = find(model, "Gemm");
    expect(model.graph.nodes.some(({ op }) => op === "BatchNormalization" || op === "Add")).toBe(false);
    expect(Array.from(frozenWeight(gemm)!.codes.constant!.data as Int8Array)).toEqual([4, 2, 7, -5, -7, -1]);
    expectClose(model, before, 1e-6);
  });

  it("clears a channel whose factor is zero: the shift alone is left", () => {
    const model = build((g, input, constant) => normalise(g, g.matmul(input, constant(weights)), constant, [1, 0]));
    const before = cloneModel(model);
    applyPasses(model, [freezeWeights, foldQuantisedBatchNorm, quantiseBias]);
    expect(Array.from(frozenWeight(find(model, "Gemm"))!.codes.constant!.data as Int8Array)).toEqual([
      4, 0, 7, 0, -7, 0,
    ]);
    expectClose(model, before, 0.01);
    expect(answer(model)[1]).toBe(answer(model)[3]);
  });

  it("leaves a result that somebody else reads, and statistics that are trained", () => {
    const shared = build((g, input, constant) => {
      const y = g.matmul(input, constant(weights));
      return g.add(normalise(g, y, constant, [1, 1]), y);
    });
    applyPasses(shared, [freezeWeights]);
    expect(applyPasses(shared, [foldQuantisedBatchNorm])).toBe(false);
  });
});

describe("quantise-bias", () => {
  it("gives codes on the scale of the accumulator, to the nearest", () => {
    const model = build((g, input, constant) =>
      g.add(constant(f32([1, 2], [0.3, -0.7])), g.matmul(input, constant(weights))),
    );
    const before = cloneModel(model);
    applyPasses(model, [freezeWeights, quantiseBias]);
    const bias = find(model, "Add").inputs[0]!.producer!;
    const [codes, scale] = bias.inputs.map((input) => input!.constant!) as [Tensor, Tensor];
    expect(codes.dtype).toBe("int32");
    const product = Math.fround(4 / 255) * Math.fround(1 / 7);
    expect(Array.from(numbers(scale))).toEqual([Math.fround(product), Math.fround(product)]);
    expect(Array.from(numbers(codes))).toEqual([Math.round(0.3 / product), Math.round(-0.7 / product)]);
    expectClose(model, before, product);
  });

  it("clears a channel whose bias needs more than 30 bits", () => {
    const model = build((g, input, constant) =>
      g.op("Gemm", [input, constant(weights), constant(f32([2], [0.5, 4e7]))]),
    );
    applyPasses(model, [freezeWeights, quantiseBias]);
    const { codes } = frozenWeight(find(model, "Gemm"))!;
    expect(Array.from(codes.constant!.data as Int8Array)).toEqual([4, 0, 7, 0, -7, 0]);
    expect(codes.metadata.get("femto.bits")).toBe("4");
    expect(Math.abs(answer(model)[1]! / 4e7 - 1)).toBeLessThan(1e-6);
  });

  it("leaves biases that are computed, wider than a vector, or behind floats", () => {
    const computed = build((g, input, constant) =>
      g.add(g.matmul(input, constant(weights)), g.matmul(input, constant(weights))),
    );
    const wide = build((g, input, constant) =>
      g.add(g.matmul(input, constant(weights)), constant(f32([2, 2], [1, 2, 3, 4]))),
    );
    for (const model of [computed, wide]) {
      applyPasses(model, [freezeWeights]);
      expect(applyPasses(model, [quantiseBias])).toBe(false);
    }
  });
});
