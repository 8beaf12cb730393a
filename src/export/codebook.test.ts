/** @file Codebook storage: what a file takes, that it runs bit for bit as before, and that it reads back as what it was. */

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import type { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { lenet5 } from "../zoo/index.ts";
import { images } from "./images.fixture.ts";
import { codebookSize, planesOf, readQuantised, requireCodebooks, toInteger, toQdq, withCodebooks } from "./index.ts";
import { quantiseRandomly } from "./random-network.fixture.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

/** LeNet-5 as QDQ; layer i keeps `sizes[i]` values, spread over the codes (0: all). */
function restricted(sizes: readonly number[], weightBits = 8): Model {
  const { model } = quantiseRandomly(lenet5({ seed: 3 }), 1, { weightBits, inputBits: 7 });
  const lowered = toQdq(model).model;
  const layers = lowered.graph.nodes.filter(({ kind }) => kind === "Conv" || kind === "Gemm");
  const most = 2 ** (weightBits - 1) - 1;
  for (const [i, { inputs }] of layers.entries()) {
    const size = sizes[i] ?? 0;
    if (size === 0) continue;
    const held = inputs[1]!.producer!.inputs[0]!;
    const { dtype, dims } = held.constant!;
    const zero = dtype === "uint8" ? 128 : 0;
    const set = Array.from({ length: size }, (_, k) => zero + Math.round(-most + (2 * most * k) / (size - 1)));
    const nearest = (code: number) =>
      set.reduce((best, one) => (Math.abs(one - code) < Math.abs(best - code) ? one : best));
    // Every value occurs.
    const codes = Array.from(numbers(held.constant!), (code, j) => set[j] ?? nearest(code));
    held.constant = tensor(dtype, dims, codes);
  }
  return lowered;
}

async function logits(model: Model, x: Tensor, choice: object): Promise<number[]> {
  const session = await engine.load(model, choice);
  const result = await session.run({ [session.inputs[0]!]: x });
  await session.release();
  return Array.from(numbers(result[session.outputs[0]!]!));
}

const reread = (model: Model): Model => readModel(writeModel(model));

describe("sizes", () => {
  it("are counted in whole planes of bytes, the table beside them", () => {
    expect(codebookSize(150, 16)).toEqual({ indexBits: 4, indexBytes: 76, tableBytes: 16 });
    expect(codebookSize(48_000, 5)).toEqual({ indexBits: 3, indexBytes: 18_000, tableBytes: 5 });
    expect(codebookSize(10, 1)).toEqual({ indexBits: 0, indexBytes: 0, tableBytes: 1 });
    expect(codebookSize(8, 2, 12)).toEqual({ indexBits: 1, indexBytes: 1, tableBytes: 4 });
  });

  it("of the file: what is saved is what the weights say, but for names and operators", () => {
    const model = restricted([16, 5, 8, 33, 0]);
    const { model: coded, weights } = withCodebooks(model);
    expect(weights.map(({ values, indexBits }) => [values, indexBits])).toEqual([
      [16, 4],
      [5, 3],
      [8, 3],
      [33, 6],
    ]);
    const saved = weights.reduce((sum, one) => sum + one.plainBytes - one.indexBytes - one.tableBytes, 0);
    expect(saved).toBe(150 - 76 - 16 + 2400 - 900 - 5 + 48_000 - 18_000 - 8 + 10_080 - 7560 - 33);
    const overhead = saved - (writeModel(model).length - writeModel(coded).length);
    expect(overhead).toBeGreaterThan(0);
    expect(overhead).toBeLessThan(1600 * weights.length);
  });

  it("planes hold every index", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (bits, count, seed) => {
        const rng = new Rng(seed, "indices");
        const indices = Array.from({ length: count }, () => rng.below(2 ** bits));
        const { dims, data } = planesOf(indices, bits);
        const [, bytes] = dims as [number, number, number];
        const back = indices.map((_, i) =>
          Array.from(
            { length: bits },
            (_, j) => (((data as Uint8Array)[j * bytes + (i >> 3)]! >> (7 - (i % 8))) & 1) << j,
          ).reduce((a, b) => a + b, 0),
        );
        expect(back).toEqual(indices);
      }),
    );
  });
});

describe("files", () => {
  it.each([8, 4])("of %i-bit weights answer the same bits, in every way to run them", async (bits) => {
    const sizes = bits === 8 ? [16, 5, 3, 100, 0] : [4, 3, 5, 2, 0];
    const plain = restricted(sizes, bits);
    const { model: coded, weights } = withCodebooks(plain);
    expect(weights.length).toBeGreaterThanOrEqual(4);
    const file = reread(coded);
    verifyModel(file);
    const x = images(6);
    for (const choice of [{ keepQdq: true }, { isDefault: true }]) {
      expect(await logits(file, x, choice)).toEqual(await logits(reread(plain), x, choice));
    }
    const of = (model: Model) =>
      numbers(Object.values(runReference(model, { [model.graph.inputs[0]!.name]: x }).outputs)[0]!);
    expect(of(file)).toEqual(of(plain));
  });

  it("read back as the network that they hold, with the bits of the index", () => {
    const plain = restricted([16, 5, 0, 0, 0]);
    const [before, after] = [readQuantised(plain), readQuantised(reread(withCodebooks(plain).model))];
    expect(after.layers.map(({ weight }) => weight!.indexBits)).toEqual([4, 3, undefined, undefined, undefined]);
    for (const [i, { weight }] of after.layers.entries()) {
      const { indexBits: _, ...rest } = weight!;
      expect(rest).toEqual(before.layers[i]!.weight);
    }
  });

  it("of integers are equal code by code", async () => {
    const { model } = quantiseRandomly(lenet5({ seed: 3 }), 1, { weightBits: 3, inputBits: 7 });
    const { model: plain } = toInteger(model);
    const { model: coded, weights } = withCodebooks(plain);
    expect(weights.every(({ indexBits }) => indexBits === 3)).toBe(true);
    expect(weights.length).toBeGreaterThan(2);
    const x = images(4);
    expect(await logits(reread(coded), x, { keepQdq: true })).toEqual(await logits(plain, x, { keepQdq: true }));
    expect(readQuantised(coded).layers.map(({ weight }) => weight!.codes)).toEqual(
      readQuantised(plain).layers.map(({ weight }) => weight!.codes),
    );
  });

  it("without a selection are refused, with the values that each layer has", () => {
    const { model } = quantiseRandomly(lenet5({ seed: 3 }), 1, { weightBits: 8, inputBits: 8 });
    expect(() => requireCodebooks(toQdq(model).model, "model.onnx")).toThrow(
      expect.objectContaining({
        code: "export.codebook",
        where: "model.onnx",
        got: expect.stringMatching(/: \d+ values/),
      }),
    );
    expect(() => requireCodebooks(lenet5({ seed: 3 }), "float.onnx")).toThrow(
      expect.objectContaining({ code: "export.codebook", got: "no integer weights" }),
    );
    expect(requireCodebooks(restricted([5]), "x").weights).toHaveLength(1);
  });
});
