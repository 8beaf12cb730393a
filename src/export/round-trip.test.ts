/** @file Every form of random quantised networks: written, read back, run in both engines, compared. */

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { verifyModel } from "../graph/verify.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { inferModel } from "../operators/index.ts";
import { expandFunctions, isFakeQuant } from "../rewrites/index.ts";
import { compareWithReference, readQuantised, toInteger, toQdq, toQonnx } from "./index.ts";
import { type RandomNetwork, randomNetwork } from "./random-network.fixture.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

const seeds = fc.integer({ min: 0, max: 1_000_000 });
/** FEMTO_SLOW=1 looks at ten times as many networks, others each time. */
const isSlow = process.env.FEMTO_SLOW === "1";
const runs = (numRuns: number) => (isSlow ? { numRuns: 10 * numRuns } : { numRuns, seed: 20_251 });
const timeout = isSlow ? 600_000 : 60_000;

/** Through the file and back. */
const reread = (model: Model): Model => readModel(writeModel(model));

/** The codes that training saw: the quantised weight, divided by the scale, of every layer by name. */
function trainedCodes({ model, plans }: RandomNetwork): Map<string, Int32Array> {
  const found = new Map<string, Int32Array>();
  for (const { layer, weightBits, weightRange, weightAxis } of plans) {
    const node = model.graph.nodes.find(({ name }) => name === layer)!;
    const fake = node.inputs[1]!.producer!;
    expect(isFakeQuant(fake)).toBe(true);
    const single = cloneModel(model);
    single.graph.outputs.splice(0, single.graph.outputs.length);
    const copy = single.graph.nodes.find(({ name }) => name === fake.name)!;
    single.graph.addOutput(copy.outputs[0]!);
    single.graph.removeNodes(single.graph.nodes.filter((one) => one !== copy));
    single.graph.inputs.splice(0);
    const real = runReference(single, {}).outputs[copy.outputs[0]!.name]!;
    const steps = 2 ** (weightBits - 1) - 1;
    const inner = real.dims.slice(weightAxis + 1).reduce((a, b) => a * b, 1);
    const scales = numbers(weightRange);
    const scale = (i: number) => scales[weightAxis < 0 ? 0 : Math.floor(i / inner) % scales.length]! / steps;
    found.set(
      layer,
      Int32Array.from(numbers(real), (value, i) => roundHalfEven(value / scale(i))),
    );
  }
  return found;
}

const magnitudes = (codes: ArrayLike<number>) => Array.from(codes, Math.abs);

describe("random quantised networks", () => {
  it("the QDQ file read back has the bits and codes of the trained network", { timeout }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const network = randomNetwork(seed);
        const file = reread(toQdq(network.model).model);
        verifyModel(file);
        const { form, layers } = readQuantised(file);
        expect(form).toBe("qdq");
        expect(layers.map(({ name, weight, input }) => [name, weight?.bits, input?.bits])).toEqual(
          network.plans.map(({ layer, weightBits, inputBits }) => [layer, weightBits, inputBits]),
        );
        const trained = trainedCodes(network);
        for (const { name, weight, input } of layers) {
          const plan = network.plans.find(({ layer }) => layer === name)!;
          // A batch norm of a negative factor, or a negative α, turns signs; one of zero clears.
          const expected = magnitudes(trained.get(name)!);
          const turned = magnitudes(weight!.codes).findIndex((code, i) => code !== 0 && code !== expected[i]);
          expect(turned).toBe(-1);
          expect(Math.max(...magnitudes(weight!.codes), 0)).toBeLessThanOrEqual(2 ** (plan.weightBits - 1) - 1);
          expect([input!.least, input!.most]).toEqual([0, 2 ** plan.inputBits - 1]);
          if (plan.inputGrid === "unsigned") expect(input!.zero).toBe(0);
        }
      }),
      runs(50),
    );
  });

  it("networks without batch norm keep every sign", { timeout }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const network = randomNetwork(seed);
        const isPlain = ({ kind, attributes }: { kind: string; attributes: object }) =>
          kind !== "BatchNormalization" && !("alpha" in attributes);
        fc.pre(network.float.graph.nodes.every(isPlain));
        const trained = trainedCodes(network);
        for (const { name, weight } of readQuantised(reread(toQdq(network.model).model)).layers) {
          expect(weight!.codes).toEqual(trained.get(name));
        }
      }),
      runs(40),
    );
  });

  it("the integer and the QONNX file say the same of every layer as the QDQ file", { timeout }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { model } = randomNetwork(seed);
        const qdq = readQuantised(reread(toQdq(model).model));
        const integer = readQuantised(reread(toInteger(model).model));
        const qonnx = readQuantised(reread(toQonnx(model)));
        expect([integer.form, qonnx.form]).toEqual(["integer", "qonnx"]);
        expect(qonnx.layers.map(({ name }) => name)).toEqual(qdq.layers.map(({ name }) => name));
        for (const [i, { name, operator, weight, input, bias }] of qdq.layers.entries()) {
          const other = qonnx.layers[i]!;
          expect([other.operator, other.weight!.bits, other.weight!.scales]).toEqual([
            operator,
            weight!.bits,
            weight!.scales,
          ]);
          expect(other.weight!.codes).toEqual(weight!.codes);
          const { least, most, bits, scale, zero } = input!;
          expect(other.input).toEqual({ container: "float32", least, most, bits, scale, zero });
          expect(other.bias?.values).toEqual(bias?.values);
          const whole = integer.layers.find((one) => one.name === name)!;
          expect([whole.operator, whole.weight!.bits, whole.input]).toEqual([operator, weight!.bits, input]);
          expect(whole.bias).toEqual(bias);
          const codes = operator === "Gemm" ? sorted(whole.weight!.codes) : whole.weight!.codes;
          expect(codes).toEqual(operator === "Gemm" ? sorted(weight!.codes) : weight!.codes);
          expectSameScales(whole.weight!.scales, weight!.scales);
        }
      }),
      runs(40),
    );
  });

  it("the integer file gives the same codes and accumulators in both engines, bit for bit", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { model, inputs } = randomNetwork(seed);
        const integer = toInteger(model);
        const qdq = toQdq(model);
        const labels = tensor("int64", [inputs.dims[0]!], new Array(inputs.dims[0]!).fill(0));
        const probed = { ...integer, model: reread(integer.model) };
        const comparison = await compareWithReference(engine, probed, qdq, { inputs, labels });
        expect(comparison.integer.codes).toBeGreaterThan(0);
        expect(integer.warnings).toEqual([]);
        expect(integer.accumulators).toHaveLength(integer.codes.length);
        expect(comparison.integer.verdict).toBe("bit-exact");
      }),
      runs(40),
    );
  });

  it("the QONNX file, expanded through the bodies of its operators, answers as the QDQ file does", { timeout }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { model, inputs } = randomNetwork(seed);
        const file = reread(toQonnx(model));
        // QONNX's own package refuses nodes that leave one of them to its default.
        const quants = file.graph.nodes.filter(({ op }) => op === "Quant");
        for (const { attributes } of quants) {
          expect(Object.keys(attributes).sort()).toEqual(["narrow", "rounding_mode", "signed"]);
        }
        inferModel(file);
        applyPasses(file, [expandFunctions()]);
        const answer = (one: Model) => numbers(runReference(one, { x: inputs }).outputs[one.graph.outputs[0]!.name]!);
        const [a, b] = [answer(file), answer(toQdq(model).model)];
        const most = Math.max(...b.map(Math.abs), 1e-3);
        expect(largestDifference(a, b)).toBeLessThan(1e-5 * most);
      }),
      runs(40),
    );
  });

  it("with fine activations, the exports answer as the trained network does", { timeout }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { model, inputs } = randomNetwork(seed, { inputBits: 16 });
        const answer = (one: Model) => numbers(runReference(one, { x: inputs }).outputs[one.graph.outputs[0]!.name]!);
        const trained = answer(model);
        const most = Math.max(...trained.map(Math.abs), 0.1);
        for (const form of [toQdq(model).model, toInteger(model).model, toQonnx(model)]) {
          expect(largestDifference(answer(form), trained)).toBeLessThan(2e-3 * most);
        }
      }),
      runs(40),
    );
  });

  it("wide codes run, and the integer form says what stays in floating point", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { model, plans, inputs } = randomNetwork(seed, { bits: [9, 16] });
        const qdq = toQdq(model);
        const file = reread(qdq.model);
        expect(readQuantised(file).layers.map(({ weight, input }) => [weight?.bits, input?.bits])).toEqual(
          plans.map(({ weightBits, inputBits }) => [weightBits, inputBits]),
        );
        const session = await engine.load(file, { keepQdq: true });
        const name = file.graph.outputs[0]!.name;
        const actual = numbers((await session.run({ x: inputs }))[name]!);
        await session.release();
        const expected = numbers(runReference(file, { x: inputs }).outputs[name]!);
        const most = Math.max(...expected.map(Math.abs), 0.1);
        expect(largestDifference(actual, expected)).toBeLessThan(1e-2 * most);
        const integer = toInteger(model);
        expect(integer.accumulators.length + integer.warnings.filter((text) => text.includes("stays")).length).toBe(
          plans.length,
        );
      }),
      runs(15),
    );
  });
});

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, value) => Math.max(most, value), 0);

const sorted = (codes: Int32Array) => Int32Array.from(codes).sort();

/** Scales read from an accumulator's factors are float32 quotients of products. */
function expectSameScales(actual: readonly number[], expected: readonly number[]): void {
  const at = (scales: readonly number[], c: number) => scales[scales.length === 1 ? 0 : c]!;
  for (let c = 0; c < Math.max(actual.length, expected.length); c++) {
    expect(Math.abs(at(actual, c) / at(expected, c) - 1)).toBeLessThan(3e-7);
  }
}
