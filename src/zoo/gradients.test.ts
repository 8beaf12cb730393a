/** @file Gradients through the whole networks: central differences in double precision for two, ONNX Runtime for all. */

import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { gradients } from "../gradient/index.ts";
import { bindDim } from "../graph/dims.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { type Parameter, trainableParameters } from "../rewrites/parameters.ts";
import { trainingMode } from "../rewrites/training-mode.ts";
import {
  bertTiny,
  charGpt,
  cnn5,
  dsCnn,
  lenet5,
  mlp,
  mobilenetV2,
  resnet8,
  resnet18,
  resnet20,
  vitTiny,
} from "./index.ts";

interface Step {
  readonly model: Model;
  readonly loss: Value;
  readonly parameters: readonly Parameter[];
  readonly grads: readonly Value[];
}

/** Adds the loss Σ logits² / count and its gradients to a network in training mode. */
function stepOf(model: Model): Step {
  applyPasses(model, [trainingMode()]);
  const { graph } = model;
  const g = new Emit(graph, { scope: "loss" });
  const [logits] = graph.outputs;
  const loss = g.mean(
    g.mul(logits!, logits!),
    logits!.type!.dims!.map((_, axis) => axis),
  );
  const parameters = trainableParameters(model).filter(({ role }) => role !== "statistic");
  const grads = gradients(
    g,
    loss,
    parameters.map(({ value }) => value),
  );
  graph.outputs.splice(0, graph.outputs.length, loss, ...grads);
  verifyModel(model);
  return { model, loss, parameters, grads };
}

function feedsOf(model: Model, batch: number, below: number): Record<string, Tensor> {
  const rng = new Rng(3, "feeds");
  return Object.fromEntries(
    model.graph.inputs.map(({ name, type }) => {
      const dims = type!.dims!.map((dim) => bindDim(dim, { N: batch })) as number[];
      const next =
        type!.dtype === "int64"
          ? () => rng.below(name === "token_type_ids" || name === "attention_mask" ? 2 : below)
          : () => rng.normal();
      return [name, tensor(type!.dtype, dims, Array.from({ length: sizeOf(dims) }, next))];
    }),
  );
}

/** The same network in double precision. */
function widened(model: Model): Model {
  const double = (value: Value) => {
    if (value.type?.dtype === "float32") value.type = { dtype: "float64", dims: value.type.dims };
  };
  for (const value of model.graph.initializers) {
    const constant = value.constant!;
    if (constant.dtype !== "float32") continue;
    value.constant = tensor("float64", constant.dims, numbers(constant));
    double(value);
  }
  for (const value of model.graph.inputs) double(value);
  inferModel(model);
  return model;
}

describe("gradients in double precision", () => {
  it.each([
    ["mlp", mlp({ inputs: 12, hidden: [9, 7] })],
    ["mlp with batch norm", mlp({ inputs: 12, hidden: [9], batchNorm: true })],
    ["lenet5", lenet5({ size: 16 })],
    ["lenet5, as in 1998", lenet5({ activation: "Tanh", pool: "AveragePool", size: 16 })],
  ])("%s: emitted = central differences", (_, network) => {
    const { model, loss, parameters, grads } = stepOf(widened(network));
    const rng = new Rng(9, "picks");
    const [input] = model.graph.inputs;
    const dims = input!.type!.dims!.map((dim) => bindDim(dim, { N: 3 })) as number[];
    const x = tensor(
      "float64",
      dims,
      Array.from({ length: sizeOf(dims) }, () => rng.normal()),
    );
    const emitted = runReference(model, { x }).outputs;
    // Without the gradients, a run costs a fraction.
    model.graph.outputs.splice(1);
    const forward = () => numbers(runReference(model, { x }).outputs[loss.name]!)[0]!;
    for (const [k, { value }] of parameters.entries()) {
      const analytic = emitted[grads[k]!.name]!;
      const original = value.constant!;
      expect(analytic.dims).toEqual(original.dims);
      for (let pick = 0; pick < 2; pick++) {
        const i = rng.below(original.data.length);
        const moved = (by: number) => {
          const data = Float64Array.from(numbers(original));
          data[i]! += by;
          value.constant = { ...original, data };
          const result = forward();
          value.constant = original;
          return result;
        };
        const numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        const scale = Math.max(...numbers(analytic).map(Math.abs), 1e-3);
        expect(Math.abs(numbers(analytic)[i]! - numeric), `${value.name}[${i}]`).toBeLessThan(1e-5 * scale);
      }
    }
  });
});

describe("gradients in ONNX Runtime", () => {
  const engine = new OrtEngine();
  afterAll(() => engine.close());

  it.each<[string, () => Model]>([
    ["mlp", mlp],
    ["lenet5", lenet5],
    ["cnn5", () => cnn5({ dropout: 0.25 })],
    ["resnet8", resnet8],
    ["resnet20", resnet20],
    ["resnet18, thin", () => resnet18({ width: 8 })],
    ["mobilenetV2, thin", () => mobilenetV2({ width: 0.25, dropout: 0.2 })],
    ["dsCnn", dsCnn],
    ["vitTiny", () => vitTiny({ depth: 2 })],
    ["charGpt", () => charGpt({ depth: 2 })],
    ["bertTiny with few words", () => bertTiny({ vocabulary: 100, length: 16 })],
  ])("%s: every parameter has a finite gradient of its shape, every weight one that is not zero", async (_, build) => {
    const { model, parameters, grads } = stepOf(build());
    const session = await engine.load(model);
    const results = await session.run(feedsOf(model, 4, 65));
    for (const [k, { value, role }] of parameters.entries()) {
      const gradient = results[grads[k]!.name]!;
      expect([...gradient.dims], value.name).toEqual([...value.constant!.dims]);
      const elements = gradient.data as Float32Array;
      expect(elements.every(Number.isFinite), value.name).toBe(true);
      if (role === "weight")
        expect(
          elements.some((element) => element !== 0),
          value.name,
        ).toBe(true);
    }
    await session.release();
  });
});
