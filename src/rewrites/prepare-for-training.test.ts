import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, i64, numbers, sizeOf, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { lenet5, resnet8 } from "../zoo/index.ts";
import { restoreFinalSoftmax } from "./final-softmax.ts";
import { trainableParameters } from "./parameters.ts";
import { prepareForTraining } from "./prepare-for-training.ts";
import { quantizableLayers } from "./quantizable-layers.ts";

const rng = new Rng(6, "prepare");
const random = (dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );

/** A network as old exporters write it: weights are inputs with a default, reshaped and transposed on their way. */
function exported(): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: [1, 1, 4, 4] });
  const weight = (name: string, dims: readonly number[]): Value => {
    const value = graph.addInitializer(name, random(dims));
    graph.inputs.push(value);
    return value;
  };
  let y = g.op("Conv", [x, weight("k", [2, 1, 3, 3])], { pads: [1, 1, 1, 1] });
  y = g.op("Relu", [g.add(y, weight("kb", [2, 1, 1]))]);
  y = g.op("Reshape", [y, g.constant(i64([1, 32]))]);
  y = g.add(g.matmul(y, g.op("Reshape", [weight("w1", [2, 4, 4, 5]), g.constant(i64([32, 5]))])), weight("b1", [1, 5]));
  y = g.matmul(y, g.op("Transpose", [weight("w2", [3, 5])], { perm: [1, 0] }));
  y = g.op("Softmax", [y], { axis: 1 });
  y.name = "probabilities";
  graph.addOutput(y);
  return new Model(graph);
}

describe("prepare-for-training", () => {
  const model = exported();
  const prepared = prepareForTraining(model);

  it("makes layers of constants, biases and all, of any number of examples", () => {
    expect(prepared.graph.inputs.map(({ name, type }) => [name, type!.dims])).toEqual([["x", ["N", 1, 4, 4]]]);
    expect(
      quantizableLayers(prepared).map(({ kind, weight, bias }) => [kind, weight.constant?.dims, bias?.type?.dims]),
    ).toEqual([
      ["Conv", [2, 1, 3, 3], [2]],
      ["Gemm", [32, 5], [5]],
      ["MatMul", [5, 3], undefined],
    ]);
    const roles = trainableParameters(prepared).map(({ role }) => role);
    expect(roles.sort()).toEqual(["bias", "bias", "weight", "weight", "weight"]);
  });

  it("leaves the given model alone", () => {
    expect(model.graph.inputs).toHaveLength(6);
    expect(model.graph.inputs[0]!.type!.dims).toEqual([1, 1, 4, 4]);
  });

  it("ends in logits, and the Softmax comes back: the same answers", () => {
    expect(prepared.graph.outputs.map(({ name, producer }) => [name, producer?.kind])).toEqual([
      ["probabilities", "MatMul"],
    ]);
    const x = random([1, 1, 4, 4]);
    const before = numbers(runReference(model, { x }).outputs.probabilities!);
    const restored = prepareForTraining(model);
    expect(applyPasses(restored, [restoreFinalSoftmax])).toBe(true);
    expect(applyPasses(restored, [restoreFinalSoftmax])).toBe(false);
    const after = numbers(runReference(restored, { x }).outputs.probabilities!);
    expect(after).toHaveLength(3);
    for (const [i, p] of before.entries()) expect(after[i]).toBeCloseTo(p, 6);
  });

  it.each([
    ["lenet5", () => lenet5()],
    ["resnet8", () => resnet8({ size: 8 })],
  ])("has nothing to do on %s", (_, build) => {
    const before = build();
    const after = prepareForTraining(before);
    expect(after.graph.nodes.map((node) => [node.kind, node.name])).toEqual(
      before.graph.nodes.map((node) => [node.kind, node.name]),
    );
  });

  it("takes off no Softmax that somebody else reads", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float32", dims: ["N", 3] });
    const p = g.op("Softmax", [g.matmul(x, g.constant(f32([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])))]);
    graph.addOutput(p);
    graph.addOutput(g.op("Relu", [p]));
    expect(prepareForTraining(new Model(graph)).graph.outputs[0]!.producer?.kind).toBe("Softmax");
  });
});
