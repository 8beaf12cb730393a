import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { bindDim } from "../graph/dims.ts";
import type { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { inferModel } from "../operators/index.ts";
import { bertTiny, charGpt, cnn5, countModel, lenet5, mobilenetV2, readCard, resnet18, vitTiny, zoo } from "./index.ts";

/** Random inputs: normal floats, tokens below `vocabulary`. */
function feedsOf(model: Model, batch: number): Record<string, Tensor> {
  const rng = new Rng(5, "feeds");
  const options = readCard(model)!.options as { vocabulary?: number };
  return Object.fromEntries(
    model.graph.inputs.map(({ name, type }) => {
      const dims = type!.dims!.map((dim) => bindDim(dim, { N: batch })) as number[];
      const below = name === "token_type_ids" || name === "attention_mask" ? 2 : (options.vocabulary ?? 1);
      const next = type!.dtype === "int64" ? () => rng.below(below) : () => rng.normal();
      return [name, tensor(type!.dtype, dims, Array.from({ length: sizeOf(dims) }, next))];
    }),
  );
}

/** Networks small enough for one run of the reference engine. */
const small: Record<string, () => Model> = {
  ...Object.fromEntries(
    Object.entries(zoo).filter(([name]) => !["bertTiny", "resnet18", "mobilenetV2"].includes(name)),
  ),
  "lenet5, as in 1998": () => lenet5({ activation: "Tanh", pool: "AveragePool" }),
  "cnn5 for CIFAR": () => cnn5({ channels: 3, size: 32, batchNorm: false, dropout: 0.5 }),
  "bertTiny with few words": () => bertTiny({ vocabulary: 100, length: 16 }),
  "resnet18, thin": () => resnet18({ width: 8, classes: 10 }),
  "mobilenetV2, thin": () => mobilenetV2({ width: 0.25, size: 16 }),
  "vitTiny with large patches": () => vitTiny({ patch: 8, depth: 2 }),
  "charGpt, short": () => charGpt({ context: 16, depth: 2 }),
};

const engine = new OrtEngine();
afterAll(() => engine.close());

describe.each(Object.entries(small))("%s", (_, build) => {
  it("is a sound model with all shapes known but the batch", () => {
    const model = build();
    verifyModel(model);
    inferModel(model);
    for (const node of model.graph.nodes) {
      for (const output of node.outputs) {
        const open = output!.type!.dims!.filter((dim) => typeof dim === "string");
        expect(
          open.every((dim) => /(^|\*)N(\*|$)/.test(dim)),
          `${node.describe()}: ${open}`,
        ).toBe(true);
      }
    }
  });

  it("gives ONNX Runtime's answer in the reference engine, before and after it was written", async () => {
    const model = build();
    const feeds = feedsOf(model, 2);
    const { outputs, macs } = runReference(model, feeds);
    expect(macs).toBe(countModel(model, { N: 2 }).macs);
    const bytes = writeModel(model);
    const expected = numbers(outputs.logits!);
    const scale = Math.max(...expected.map(Math.abs));
    // A file stores attributes (ε) in single precision.
    const again = numbers(runReference(readModel(bytes), feeds).outputs.logits!);
    for (let i = 0; i < expected.length; i++) expect(Math.abs(again[i]! - expected[i]!)).toBeLessThan(1e-6 * scale);
    const session = await engine.load(bytes);
    const actual = numbers((await session.run(feeds)).logits!);
    for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(1e-4 * scale);
    await session.release();
  });

  it("carries its card through a file", () => {
    const model = build();
    expect(readCard(readModel(writeModel(model)))).toEqual(readCard(model));
    expect(readCard(model)!.options.seed).toBe(0);
  });
});

it("gives other weights to other seeds only", () => {
  const weights = (seed: number) => lenet5({ seed }).graph.initializers.map((value) => value.constant!.data);
  expect(weights(3)).toEqual(weights(3));
  expect(weights(3)).not.toEqual(weights(4));
});
