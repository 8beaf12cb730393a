import { afterAll, describe, expect, it } from "vitest";
import { isFloat } from "../../base/dtype.ts";
import { Rng } from "../../base/rng.ts";
import { numbers, type Tensor, tensor } from "../../base/tensor.ts";
import { OrtEngine } from "../../engine/index.ts";
import { runReference } from "../../engine/reference.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { writeModel } from "../../onnx/index.ts";
import { bertTiny, charGpt, vitTiny } from "../../zoo/index.ts";
import { attachFunctions } from "../attach-functions.ts";
import { removeMlp } from "../remove-mlp.ts";
import { replaceMlp } from "../replace-mlp.ts";
import { BLOCK_DEFAULTS } from "../weightless-block.ts";
import { hardenBlocks } from "../weightless-blocks.ts";
import { integerSource, integerTransformer } from "./index.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

const small = { ...BLOCK_DEFAULTS, layers: [24, 40], inputs: 4, bits: 3, candidates: 16 };
const weightless = (model: Model) => hardenBlocks(replaceMlp(model, 1, small).model);

/** Weights and norms of a size that training leaves, so that attention attends and features differ. */
function lively(model: Model): Model {
  const rng = new Rng(5, "lively");
  for (const value of model.graph.initializers) {
    const { constant } = value;
    if (constant === undefined || constant.dtype !== "float32" || constant.dims.length === 0) continue;
    const isNorm = /norm/.test(value.name);
    const values = Float32Array.from(numbers(constant), (v) =>
      isNorm ? v + 0.3 * rng.normal() : constant.dims.length === 1 ? 0.1 * rng.normal() : 5 * v,
    );
    value.constant = { dtype: "float32", dims: constant.dims, data: values };
  }
  return model;
}

const feedsOf = (name: string): Record<string, Tensor> => {
  const rng = new Rng(3, name);
  if (name === "x")
    return {
      x: tensor(
        "float32",
        [4, 3, 8, 8],
        Array.from({ length: 768 }, () => rng.normal()),
      ),
    };
  return {
    tokens: tensor(
      "int64",
      [6, 8],
      Array.from({ length: 48 }, () => rng.below(65)),
    ),
  };
};

/** Greatest magnitudes of all float values over the feeds. */
function rangesOf(model: Model, feeds: Record<string, Tensor>): Map<string, number> {
  const ranges = new Map<string, number>();
  const see = (name: string, values: Tensor) => {
    const most = Array.from(numbers(values), Math.abs).reduce((a, b) => Math.max(a, b), 0);
    if (isFloat(values.dtype)) ranges.set(name, most);
  };
  for (const [name, values] of Object.entries(feeds)) see(name, values);
  runReference(model, feeds, { watch: (value, values) => see(value.name, values) });
  return ranges;
}

const gpt = () => lively(charGpt({ depth: 2, width: 32, heads: 2, context: 8 }));
const vit = () => lively(vitTiny({ depth: 2, width: 24, size: 8 }));

/** Some channels brought down to next to nothing, as long training with decay does, whose shifts and biases stay. */
function withered(model: Model): Model {
  for (const value of model.graph.initializers) {
    const { name, constant } = value;
    if (constant?.dtype !== "float32") continue;
    const [data, width] = [Float32Array.from(numbers(constant)), constant.dims.at(-1)!];
    if (/norm.*(scale|weight|gain)/.test(name)) data.set([1e-4, 0, 1e-9]);
    else if (constant.dims.length === 2 && /mlp|attention/.test(name)) {
      for (let at = 0; at < data.length; at += width) data[at] = data[at]! * 1e-11;
    } else continue;
    value.constant = { ...constant, data };
  }
  return model;
}

describe("integerTransformer", () => {
  it.each<[string, string, () => Model, number]>([
    ["charGpt with blocks", "tokens", () => weightless(gpt()), 0.12],
    ["charGpt without MLPs", "tokens", () => removeMlp(gpt()), 0.06],
    ["charGpt, dense", "tokens", gpt, 0.12],
    ["vitTiny with blocks", "x", () => weightless(vit()), 0.12],
    ["vitTiny, dense", "x", vit, 0.12],
    ["vitTiny, dense, withered", "x", () => withered(vit()), 0.12],
  ])(
    "%s: logits of whole numbers follow the float ones, and ONNX Runtime gives the same",
    async (_, input, make, bound) => {
      const source = integerSource(make());
      const feeds = feedsOf(input);
      const ranges = rangesOf(source, feeds);
      const model = integerTransformer(source, { ranges, root: "exact" });
      const real = numbers(runReference(source, feeds).outputs.logits!);
      const whole = numbers(runReference(model, feeds).outputs.logits!);
      // Error of the logits, relative to their own spread.
      const norm = (values: ArrayLike<number>) =>
        Math.sqrt(Array.from(values, (v) => v * v).reduce((a, b) => a + b, 0));
      const error = norm(Array.from(real, (value, i) => value - whole[i]!)) / norm(real);
      expect(error).toBeLessThan(bound);
      expect(error).toBeGreaterThan(0);
      const copy = cloneModel(model);
      attachFunctions.run(copy);
      const session = await engine.load(writeModel(copy));
      const outputs = await session.run(feeds, { fetch: ["logits"] });
      await session.release();
      expect([...numbers(outputs.logits!)]).toEqual([...whole]);
    },
  );

  it("computes with whole numbers: floats only hold bits, whole numbers and the last scale", () => {
    const source = integerSource(weightless(gpt()));
    const feeds = feedsOf("tokens");
    const model = integerTransformer(source, { ranges: rangesOf(source, feeds), root: "exact" });
    const [logits] = model.graph.outputs;
    const broken: string[] = [];
    runReference(model, feeds, {
      watch: (value, values) => {
        if (value === logits || value.constant !== undefined) return;
        if (isFloat(values.dtype) && !Array.from(numbers(values)).every(Number.isInteger)) broken.push(value.name);
      },
    });
    expect(broken).toEqual([]);
    const kinds = new Set(model.graph.nodes.map(({ kind }) => kind));
    for (const kind of ["MatMul", "Softmax", "LayerNormalization", "Gelu"]) expect(kinds.has(kind)).toBe(false);
    for (const kind of ["femto.Shiftmax", "femto.IntegerLayerNorm", "femto.LutLayer", "MatMulInteger"]) {
      expect(kinds.has(kind)).toBe(true);
    }
  });

  it("takes I-ViT's root by a flag: right for the large sums of 16-bit streams", () => {
    const source = integerSource(weightless(gpt()));
    const feeds = feedsOf("tokens");
    const ranges = rangesOf(source, feeds);
    const [exact, flagged] = (["exact", "ten-step"] as const).map((root) =>
      numbers(runReference(integerTransformer(source, { ranges, root }), feeds).outputs.logits!),
    );
    const most = Array.from(exact!, Math.abs).reduce((a, b) => Math.max(a, b), 0);
    for (const [i, value] of exact!.entries()) expect(Math.abs(value - flagged![i]!)).toBeLessThan(0.05 * most);
  });

  it("refuses by name what it cannot do, and ranges that nobody measured", () => {
    const source = integerSource(gpt());
    expect(() => integerTransformer(source, { ranges: new Map(), root: "exact" })).toThrow(
      expect.objectContaining({ code: "integer.range" }),
    );
    const soft = integerSource(replaceMlp(gpt(), 1, small).model);
    const ranges = rangesOf(soft, feedsOf("tokens"));
    expect(() => integerTransformer(soft, { ranges, root: "exact" })).toThrow(
      expect.objectContaining({ code: "integer.operator", where: expect.stringContaining("LearnedMapping") }),
    );
    const bert = integerSource(bertTiny({ vocabulary: 20, width: 16, length: 4 }));
    const all = new Map(bert.graph.nodes.flatMap(({ outputs }) => outputs.map((value) => [value!.name, 1] as const)));
    expect(() => integerTransformer(bert, { ranges: all, root: "exact" })).toThrow(
      expect.objectContaining({ code: "integer.operator" }),
    );
  });
});
