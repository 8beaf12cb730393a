/** @file The rewrites on whole networks: same answers, and nothing left to do the second time. */

import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { bindDim } from "../graph/dims.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { cnn5, dsCnn, lenet5, mlp, resnet8, resnet20, vitTiny } from "../zoo/index.ts";
import {
  foldBatchNorm,
  foldConstants,
  inferenceMode,
  mergeEqualNodes,
  removeDeadNodes,
  removeIdentities,
  trainingMode,
} from "./index.ts";

const passes = [foldConstants(), removeIdentities, mergeEqualNodes(), foldBatchNorm, removeDeadNodes];

/** Batch norms that do something: random running statistics, scales and shifts. */
function stirred(model: Model): Model {
  const rng = new Rng(4, "stir");
  for (const node of model.graph.nodes.filter(({ op }) => op === "BatchNormalization")) {
    for (const [index, value] of node.inputs.entries()) {
      if (index === 0) continue;
      const { dims } = value!.constant!;
      value!.constant = tensor(
        "float32",
        dims,
        Array.from({ length: sizeOf(dims) }, () => 0.5 + rng.uniform()),
      );
    }
  }
  return model;
}

describe.each<[string, () => Model]>([
  ["mlp", () => mlp({ batchNorm: true })],
  ["lenet5", lenet5],
  ["cnn5", () => cnn5({ size: 12, dropout: 0.5 })],
  ["resnet8", () => resnet8({ size: 12 })],
  ["resnet20", () => resnet20({ size: 8, blocks: 1 })],
  ["dsCnn", () => dsCnn({ width: 8 })],
  ["vitTiny", () => vitTiny({ width: 12, depth: 1, size: 8 })],
])("%s", (_, build) => {
  it("gives the same answer after all rewrites, which then find nothing more to do", () => {
    const model = stirred(build());
    const [input] = model.graph.inputs;
    const dims = input!.type!.dims!.map((dim) => bindDim(dim, { N: 2 })) as number[];
    const rng = new Rng(8, "x");
    const x = tensor(
      "float32",
      dims,
      Array.from({ length: sizeOf(dims) }, () => rng.normal()),
    );
    const answer = () => numbers(runReference(model, { x }).outputs.logits!);
    const before = answer();
    const count = model.graph.nodes.length;
    applyPasses(model, passes);
    const after = answer();
    const scale = Math.max(...before.map(Math.abs));
    for (let i = 0; i < before.length; i++) expect(Math.abs(after[i]! - before[i]!)).toBeLessThan(1e-5 * scale);
    expect(model.graph.nodes.length).toBeLessThanOrEqual(count);
    expect(model.graph.nodes.some(({ op }) => op === "BatchNormalization" || op === "Dropout")).toBe(false);
    for (const pass of passes) expect(applyPasses(model, [pass]), pass.name).toBe(false);
  });

  it("goes to training mode and back", () => {
    const bytes = (data: unknown) => Buffer.from((data as Float32Array).buffer as ArrayBuffer);
    const model = build();
    const answer = (seed: number) => {
      const [input] = model.graph.inputs;
      const dims = input!.type!.dims!.map((dim) => bindDim(dim, { N: 2 })) as number[];
      const rng = new Rng(seed, "x");
      const x = tensor(
        "float32",
        dims,
        Array.from({ length: sizeOf(dims) }, () => rng.normal()),
      );
      return runReference(model, { x }).outputs.logits!.data;
    };
    const before = answer(1);
    const hasModes = model.graph.nodes.some(({ op }) => op === "BatchNormalization" || op === "Dropout");
    expect(applyPasses(model, [trainingMode()])).toBe(hasModes);
    expect(Buffer.compare(bytes(answer(1)), bytes(before)) !== 0).toBe(hasModes);
    expect(applyPasses(model, [inferenceMode])).toBe(hasModes);
    expect(answer(1)).toEqual(before);
  });
});
