/**
 * @file Every ONNX file of the models folder: it loads, verifies, gets shapes for any batch, gives the same numbers in both
 * engines, reaches the accuracy that its source states, trains on, and goes through EQAT to its artefacts.
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { type Dataset, loadPart, sample } from "../data/index.ts";
import { directories, findDirectory } from "../data/locate.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { compareWithReference, readQuantised, toInteger, toQdq } from "../export/index.ts";
import { quantiseRandomly } from "../export/random-network.fixture.ts";
import { cloneModel } from "../graph/clone.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { verifyModel } from "../graph/verify.ts";
import { loadMachine } from "../machines/index.ts";
import { eqat, float, type MethodContext, type TrainingData } from "../methods/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { inferModel } from "../operators/index.ts";
import { expandFunctions, prepareForTraining, quantizableLayers, trainableParameters } from "../rewrites/index.ts";
import { evaluate } from "../training/index.ts";
import { countModel } from "../zoo/index.ts";

const folder = directories("models").find((directory) => existsSync(join(directory, "mnist-cnn/mnist.onnx")));
const files = folder === undefined ? [] : readdirSync(folder, { recursive: true, encoding: "utf8" });
const models = files.filter((file) => file.endsWith(".onnx")).sort();
const open = (file: string): Model => readModelFile(join(folder!, file));
const hasData = (...paths: string[]) => findDirectory("data", paths) !== undefined;
const isSlow = process.env.FEMTO_SLOW === "1";
const named = (name: string, isHere: boolean, why: string) => (isHere ? name : `${name}: SKIPPED, ${why}`);
const noModels = "no models folder (set FEMTO_MODELS)";

const resnet20 = "resnet20-cifar10/resnet20.onnx";

/** Its exporter gave 64 channels statistics for batch normalisation over an axis of another size: no runtime takes it. */
const BROKEN = "hls4ml-jets/three_layer_bn_keras.onnx";
const sound = models.filter((file) => file !== BROKEN);

const engine = new OrtEngine();
afterAll(() => engine.close());

function random(dims: readonly number[], seed = 3): Tensor {
  const rng = new Rng(seed, "imported");
  return tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );
}

describe.skipIf(folder === undefined)(named("imported models", folder !== undefined, noModels), () => {
  it.each(sound)("%s loads, verifies, and every value has a type", (file) => {
    const model = open(file);
    verifyModel(model);
    inferModel(model);
    const values = allValues(model.graph);
    expect(values.filter(({ type }) => type?.dims === undefined).map(({ name }) => name)).toEqual([]);
  });

  it.each(sound)("%s takes batches of any size", (file) => {
    const model = prepareForTraining(open(file));
    verifyModel(model);
    const [input] = model.graph.inputs;
    expect(model.graph.inputs).toHaveLength(1);
    expect(input!.type!.dims![0]).toBe("N");
    expect(model.graph.outputs[0]!.type!.dims![0]).toBe("N");
    expect(quantizableLayers(model).length).toBeGreaterThan(1);
    const symbols = new Set(allValues(model.graph).flatMap(({ type }) => type!.dims!.filter((dim) => dim !== "N")));
    const others = [...symbols].filter((dim) => typeof dim === "string" && !/^\d+\*N$/.test(dim));
    expect(others).toEqual([]);
  });

  it(`${BROKEN} is refused with one clear error`, () => {
    const model = open(BROKEN);
    expect(() => inferModel(model)).toThrow(
      expect.objectContaining({
        code: "shape.channels",
        where: 'node 2 BatchNormalization "BatchNormalization__" › input scale',
        expected: "[1]",
        got: "[64]",
      }),
    );
    expect(() => prepareForTraining(model)).toThrow(expect.objectContaining({ code: "shape.channels" }));
  });

  const weighted = sound.filter((file) => !file.startsWith("structure"));
  it.each(weighted)("%s gives the same numbers in ONNX Runtime and in the reference engine", async (file) => {
    const model = open(file);
    inferModel(model);
    const input = model.graph.inputs.find(({ constant }) => constant === undefined)!;
    const dims = input.type!.dims!.map((dim) => (typeof dim === "number" ? dim : 2));
    const x = random(dims);
    const output = model.graph.outputs[0]!.name;
    const expected = numbers(runReference(model, { [input.name]: x }).outputs[output]!);
    const expanded = cloneModel(model);
    applyPasses(expanded, [expandFunctions()]);
    const session = await engine.load(expanded);
    const actual = numbers((await session.run({ [input.name]: x }))[output]!);
    await session.release();
    expect(actual).toHaveLength(expected.length);
    const most = Math.max(...expected.map(Math.abs));
    for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-5 * most);
  });

  it.each([
    // Published: ResNet-50 v1 25.56 M parameters and 4.09 G multiply-accumulates; SqueezeNet 1.1 1.24 M and 0.35 G.
    ["structure/light_resnet50.onnx", 25_557_032, 4_089_184_256, 54],
    ["structure/light_squeezenet.onnx", 1_235_496, 349_151_936, 26],
  ])("%s has the published counts", (file, parameters, macs, layers) => {
    const model = prepareForTraining(open(file));
    const count = countModel(model, { N: 1 });
    expect([count.parameters, count.macs, quantizableLayers(model).length]).toEqual([parameters, macs, layers]);
  });

  it("resnet20, quantised: codes and accumulators of the integer form are the same in both engines", async () => {
    const { model, inputs, plans } = quantiseRandomly(prepareForTraining(open(resnet20)), 1, { examples: 2 });
    const integer = toInteger(model);
    expect(integer.warnings).toEqual([]);
    expect(integer.accumulators).toHaveLength(plans.length);
    const labels = tensor("int64", [2], [0, 0]);
    const comparison = await compareWithReference(engine, integer, toQdq(model), { inputs, labels });
    expect(comparison.integer).toMatchObject({ verdict: "bit-exact", codes: 374_912, accumulators: 376_852 });
  });

  it.each([
    ["TFC_1W1A", [1, 1, 1, 1], [1, 1, 1, 1]],
    ["TFC_1W2A", [1, 1, 1, 1], [2, 2, 2, 2]],
    ["TFC_2W2A", [2, 2, 2, 2], [2, 2, 2, 2]],
    ["kwsmlp_w3a3", [3, 3, 3, 3], [8, 3, 3, 3]],
    ["qkeras_jettagging", [6, 6, 6, 6], [undefined, 6, 6, 6]],
    ["unsw_nb15-mlp-w2a2", [2, 2, 2, 2], [undefined, 8, 2, 2]],
  ])("qonnx/%s: bits of weights and inputs are read", (name, weights, inputs) => {
    const { form, layers } = readQuantised(open(`qonnx/${name}.onnx`));
    expect(form).toBe("qonnx");
    expect(layers.map(({ weight }) => weight?.bits)).toEqual(weights);
    expect(layers.map(({ input }) => input?.bits)).toEqual(inputs);
    for (const { weight } of layers) {
      const range = weight!.bits === 1 ? [-1, 1] : [-(2 ** (weight!.bits - 1)), 2 ** (weight!.bits - 1) - 1];
      expect(weight!.codes.every((code) => code >= range[0]! && code <= range[1]!)).toBe(true);
    }
  });
});

const mnistFiles = ["mnist/t10k-images-idx3-ubyte.gz", "mnist/train-images-idx3-ubyte.gz"];
const hasMnist = folder !== undefined && hasData(...mnistFiles);
const noMnist = "needs the models folder and MNIST (set FEMTO_MODELS, FEMTO_DATA)";
const unit = { scale: 1 / 255, mean: [0], std: [1] };

/** The accuracy of a prepared file in per cent, two digits, as the sources state it. */
async function percent(file: string, { inputs, labels }: Dataset, normalisation: Dataset["normalisation"]) {
  const model = prepareForTraining(open(file));
  const { accuracy } = await evaluate(engine, model, { inputs, labels: labels!, normalisation });
  return Math.round(accuracy * 1e4) / 100;
}

describe.skipIf(!hasMnist)(named("accuracies on MNIST", hasMnist, noMnist), () => {
  const test = hasMnist ? loadPart("mnist", "test") : undefined;

  it.each([
    { file: "mnist-cnn/mnist.onnx", stated: 98.91, normalisation: undefined },
    { file: "qonnx/TFC_1W1A.onnx", stated: 92.96, normalisation: unit },
    { file: "qonnx/TFC_1W2A.onnx", stated: 94.74, normalisation: unit },
    { file: "qonnx/TFC_2W2A.onnx", stated: 96.6, normalisation: unit },
  ])("$file: $stated % of the 10 000 test images", async ({ file, stated, normalisation }) => {
    expect(await percent(file, test!, normalisation)).toBe(stated);
  });
});

const cifarFiles = ["cifar-10/cifar10_test_jpeg.bin.gz", "cifar-10/exact_test_ic01_200.bin.gz"];
const hasCifar = folder !== undefined && hasData(...cifarFiles);
const noCifar = "needs the models folder and CIFAR-10 (set FEMTO_MODELS, FEMTO_DATA)";
const imageNet = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

describe.skipIf(!hasCifar)(named("accuracies on CIFAR-10", hasCifar, noCifar), () => {
  it("resnet20: 90.0 % of the 200 exact test images", { timeout: 120_000 }, async () => {
    expect(await percent(resnet20, loadPart("cifar10-exact-subset", "test"), imageNet)).toBe(90);
  });

  it.skipIf(!isSlow)(
    named("resnet20: 81.0 % of all 10 000 JPEG test images", isSlow, "slow (set FEMTO_SLOW=1)"),
    { timeout: 600_000 },
    async () => {
      const accuracy = await percent(resnet20, loadPart("cifar10", "test"), imageNet);
      expect(Math.round(accuracy * 10) / 10).toBe(81);
    },
  );
});

function context(data: TrainingData): MethodContext {
  return {
    data: { train: data, test: data },
    machine: loadMachine("horowitz-45nm-sram8k"),
    seed: 1,
    threads: 1,
    identity: "imported models",
  };
}

const few = (data: Dataset, count: number, normalisation?: Dataset["normalisation"]): TrainingData => {
  const { inputs, labels } = sample(data, count, 1);
  return { inputs, labels: labels!, normalisation };
};

/** Inputs and labels without a meaning: a network that trains can learn them by heart. */
function noise(dims: readonly number[], classes: number): TrainingData {
  const rng = new Rng(2, "labels");
  const labels = tensor(
    "int64",
    [dims[0]!],
    Array.from({ length: dims[0]! }, () => rng.below(classes)),
  );
  return { inputs: random(dims), labels };
}

describe.skipIf(!(hasMnist && hasCifar))(
  named("training imported models", hasMnist && hasCifar, `${noMnist}; ${noCifar}`),
  () => {
    const steps = { optimizer: "adam", schedule: "constant" } as const;
    it.each<[string, () => TrainingData, object]>([
      [
        "mnist-cnn/mnist.onnx",
        () => few(loadPart("mnist", "train"), 256),
        { epochs: 4, batchSize: 64, rate: 3e-4, ...steps },
      ],
      [
        resnet20,
        () => few(loadPart("cifar10", "test"), 32, imageNet),
        { epochs: 3, batchSize: 16, rate: 1e-4, ...steps },
      ],
      [
        "hls4ml-jets/three_layer_keras.onnx",
        () => noise([64, 16], 5),
        { epochs: 6, batchSize: 32, rate: 3e-3, ...steps },
      ],
      [
        "hls4ml-jets/conv2d_small_keras.onnx",
        () => noise([64, 8, 8, 1], 10),
        { epochs: 6, batchSize: 32, rate: 3e-3, ...steps },
      ],
    ])(
      "%s: the loss falls in a few steps, and every weight takes part",
      { timeout: 120_000 },
      async (file, data, own) => {
        const model = prepareForTraining(open(file));
        const outcome = await float.apply(context(data()), model, float.options.parse(own));
        const losses = outcome.history.map(({ loss }) => loss);
        expect(losses.at(-1)).toBeLessThan(0.95 * losses[0]!);
        const after = new Map(outcome.model.graph.initializers.map((value) => [value.name, value.constant!]));
        for (const { value } of trainableParameters(model)) {
          expect(after.get(value.name)!.data, value.name).not.toEqual(value.constant!.data);
        }
      },
    );

    it("mnist-cnn goes through EQAT and leaves as artefacts", { timeout: 120_000 }, async () => {
      const model = prepareForTraining(open("mnist-cnn/mnist.onnx"));
      const train = few(loadPart("mnist", "train"), 256);
      const options = eqat.options.parse({ epochs: 5, warmup: 1, batchSize: 64, qMax: 8, rate: 1e-4, budget: 0.5 });
      const outcome = await eqat.apply(context(train), model, options);
      expect(outcome.bits).toHaveLength(3);
      const table = outcome.bits!.map(({ layer, weight, input }) => [layer, weight, input]);
      const { form, layers } = readQuantised(toQdq(outcome.model).model);
      expect(form).toBe("qdq");
      expect(layers.map(({ name, weight, input }) => [name, weight!.bits, input!.bits])).toEqual(table);
      const integer = toInteger(outcome.model);
      expect(integer.warnings).toEqual([]);
      const test = few(loadPart("mnist", "test"), 200);
      const comparison = await compareWithReference(engine, integer, toQdq(outcome.model), test);
      expect(comparison.integer.verdict).toBe("bit-exact");
      expect(comparison.qdq.argmaxDiffers).toBe(0);
      const { accuracy } = await evaluate(engine, integer.model, test);
      expect(accuracy).toBeGreaterThan(0.9);
    });
  },
);
