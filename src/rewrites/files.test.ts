/** @file The rewrites on networks that other tools exported. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, tensor } from "../base/tensor.ts";
import { findDirectory } from "../data/locate.ts";
import { runReference } from "../engine/reference.ts";
import { bindDim } from "../graph/dims.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { readModelFile } from "../onnx/index.ts";
import { inferModel } from "../operators/index.ts";
import {
  absorbBias,
  foldBatchNorm,
  foldConstants,
  mergeEqualNodes,
  quantizableLayers,
  removeDeadNodes,
  removeIdentities,
  trainableParameters,
} from "./index.ts";

const files = {
  mnist: "mnist-cnn/mnist.onnx",
  resnet20: "resnet20-cifar10/resnet20.onnx",
  jets: "hls4ml-jets/three_layer_keras.onnx",
};
const directory = findDirectory("models", Object.values(files));

const passes = [foldConstants(), absorbBias, foldBatchNorm, removeIdentities, mergeEqualNodes(), removeDeadNodes];

function load(file: string): Model {
  const model = readModelFile(join(directory!, file));
  inferModel(model);
  return model;
}

/** The answer to one random input; its inputs are positive, as pixels are. */
function answer(model: Model): Float64Array {
  const given = new Set(model.graph.initializers);
  const input = model.graph.inputs.find((value) => !given.has(value))!;
  const dims = input.type!.dims!.map((dim) => (typeof dim === "string" ? bindDim(dim, { [dim]: 1 }) : dim)) as number[];
  const rng = new Rng(6, "files");
  const x = tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.uniform()),
  );
  return Float64Array.from(numbers(Object.values(runReference(model, { [input.name]: x }).outputs)[0]!));
}

const weightCount = (model: Model) =>
  trainableParameters(model).reduce((sum, { value }) => sum + value.constant!.data.length, 0);

describe.skipIf(directory === undefined)(
  `exported models${directory === undefined ? ": not on this machine" : ""}`,
  () => {
    it.each([
      ["CNTK's MNIST network", files.mnist, ["Conv", "Conv", "Gemm"], 5_994],
      ["hls4ml's jet tagger", files.jets, ["Gemm", "Gemm", "Gemm", "Gemm"], 4_389],
      ["ResNet-20", files.resnet20, [...new Array<string>(19).fill("Conv"), "Gemm"], 269_034],
    ])("%s: all layers in one form with their biases, and the same answer", (_, file, kinds, weights) => {
      const model = load(file);
      expect(weightCount(model)).toBe(weights);
      const before = answer(model);
      expect(applyPasses(model, passes)).toBe(true);
      const after = answer(model);
      const scale = Math.max(...before.map(Math.abs));
      for (let i = 0; i < before.length; i++) expect(Math.abs(after[i]! - before[i]!)).toBeLessThan(1e-5 * scale);
      const layers = quantizableLayers(model);
      expect(layers.map((layer) => layer.kind)).toEqual(kinds);
      expect(layers.every((layer) => layer.bias?.constant !== undefined)).toBe(true);
      expect(layers.map((layer) => layer.isInputNonNegative)).toEqual(layers.map((_, index) => index > 0));
      expect(weightCount(model)).toBe(weights);
    });
  },
);
