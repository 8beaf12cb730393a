/** @file model.onnx as users will open it: with ONNX Runtime's default options, and smaller with fewer bits. */

import { afterAll, describe, expect, it } from "vitest";
import { numbers, type Tensor } from "../../base/tensor.ts";
import { OrtEngine } from "../../engine/index.ts";
import type { Model } from "../../graph/model.ts";
import { applyPasses } from "../../graph/pass.ts";
import { writeModel } from "../../onnx/index.ts";
import { dropFinalSoftmax, prepareForTraining } from "../../rewrites/index.ts";
import { argmax } from "../../training/index.ts";
import { lenet5 } from "../../zoo/index.ts";
import { images } from "../images.fixture.ts";
import { readQuantised, toFloat, toInteger, toQdq, toQonnx } from "../index.ts";
import { quantiseRandomly, randomNetwork } from "../random-network.fixture.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

const lenet = (weightBits: number, inputBits = 8) =>
  quantiseRandomly(lenet5({ seed: 3 }), 1, { weightBits, inputBits });

async function classes(model: Model, x: Tensor, choice: { isDefault?: boolean; keepQdq?: boolean }): Promise<number[]> {
  const session = await engine.load(model, choice);
  const [name] = session.outputs as [string];
  const logits = numbers((await session.run({ [session.inputs[0]!]: x }))[name]!);
  await session.release();
  const width = logits.length / x.dims[0]!;
  return Array.from({ length: x.dims[0]! }, (_, i) => argmax(logits.subarray(i * width, (i + 1) * width)));
}

describe("model.onnx", () => {
  it.each([8, 7, 6, 5, 4, 3, 2])("with %i-bit weights decides the same under default options", async (bits) => {
    const { model } = toQdq(lenet(bits).model);
    const x = images(40);
    expect(await classes(model, x, { isDefault: true })).toEqual(await classes(model, x, { keepQdq: true }));
  });

  it.each([2, 5, 8])("runs under default options with %i-bit activations in front of 2-bit weights", async (bits) => {
    const { model } = toQdq(lenet(2, bits).model);
    const x = images(20);
    expect(await classes(model, x, { isDefault: true })).toEqual(await classes(model, x, { keepQdq: true }));
  });

  it("and model.int.onnx shrink with the bits: about half from 8 to 4 and from 4 to 2", () => {
    const sizes = [8, 4, 2].map((bits) => {
      const { model } = lenet(bits);
      return [toQdq(model).model, toInteger(model).model].map((form) => writeModel(form).length);
    });
    const [eight, four, two] = sizes as [number[], number[], number[]];
    for (const form of [0, 1]) {
      expect(four[form]! / eight[form]!).toBeLessThan(0.6);
      expect(two[form]! / four[form]!).toBeLessThan(0.72);
    }
    // 61 470 weights; what is left is names, biases, scales.
    expect(eight[0]).toBeGreaterThan(61_470);
    expect(two[0]).toBeLessThan(61_470 / 4 + 12_000);
  });
});

describe("weights that could saturate", () => {
  const weightsOf = (model: Model) =>
    model.graph.nodes.filter(({ kind, inputs: [codes] }) => {
      return kind === "DequantizeLinear" && (codes!.constant?.dims.length ?? 0) > 1;
    });

  it("are unsigned bytes around 128, which processors without VNNI multiply exactly in fused kernels; others are signed", () => {
    const [eight, seven] = [8, 7].map((bits) => weightsOf(toQdq(lenet(bits).model).model));
    expect(eight!.length).toBe(5);
    for (const { inputs } of eight!) {
      expect(inputs[0]!.constant!.dtype).toBe("uint8");
      expect(inputs[2]!.constant!.dims).toEqual(inputs[1]!.constant!.dims);
      expect(new Set(numbers(inputs[2]!.constant!))).toEqual(new Set([128]));
    }
    for (const { inputs } of seven!) {
      expect(inputs[0]!.constant!.dtype).toBe("int8");
      expect(inputs[2]).toBeUndefined();
    }
  });

  it("are the codes that the layer has", () => {
    const { model, plans } = lenet(8);
    const { layers } = readQuantised(toQdq(model).model);
    const before = readQuantised(model).layers;
    expect(layers.map(({ name }) => name)).toEqual(plans.map(({ layer }) => layer));
    for (const [i, { weight }] of layers.entries()) {
      expect(weight!.codes).toEqual(before[i]!.weight!.codes);
      expect([weight!.bits, weight!.container]).toEqual([8, "uint8"]);
    }
  });

  it("answer the same with fused kernels as without, whatever the layers are", async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { model, inputs } = randomNetwork(seed, { weightBits: 8, inputBits: 8 });
      const { model: file } = toQdq(model);
      const run = async (choice: object) => {
        const session = await engine.load(file, choice);
        const answers = numbers(Object.values(await session.run({ [session.inputs[0]!]: inputs }))[0]!);
        await session.release();
        return Array.from(answers);
      };
      const [byDefault, own] = [await run({ isDefault: true }), await run({ keepQdq: true })];
      const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
      const error = largest(own.map((value, i) => byDefault[i]! - value));
      expect(error, `seed ${seed}`).toBeLessThanOrEqual(1e-3 * largest(own));
    }
  });
});

describe("a Softmax at the end", () => {
  function withSoftmax(): Model {
    const model = lenet5({ seed: 3 });
    model.metadata.set("femto.final_softmax", "1");
    return toFloat(model);
  }

  it("is taken off for training and back in every artefact", async () => {
    const probabilities = withSoftmax();
    const prepared = prepareForTraining(probabilities);
    expect(prepared.graph.outputs[0]!.producer!.op).toBe("Gemm");
    const { model } = quantiseRandomly(prepared, 1);
    for (const form of [toQdq(model).model, toInteger(model).model, toQonnx(model), toFloat(prepared)]) {
      expect(form.graph.outputs.map(({ name, producer }) => [name, producer!.op])).toEqual([
        [probabilities.graph.outputs[0]!.name, "Softmax"],
      ]);
      expect(form.metadata.has("femto.final_softmax")).toBe(false);
    }
    const x = images(4);
    expect(await classes(toFloat(prepared), x, {})).toEqual(await classes(probabilities, x, {}));
    expect(applyPasses(prepared, [dropFinalSoftmax])).toBe(false);
  });
});
