/** @file The form that LWS trains: same answers, same codes, scales that do not move, operands that fit the array. */

import { describe, expect, it } from "vitest";
import { numbers, type Tensor, tensor } from "../../base/tensor.ts";
import { defaultArray } from "../../circuits/characterise/index.ts";
import { runReference } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { applyPasses } from "../../graph/pass.ts";
import { inferModel } from "../../operators/index.ts";
import {
  adoptQuantisers,
  foldQuantisedBatchNorm,
  freezeWeights,
  insertQuantizers,
  isSetQuant,
  plainGemm,
  quantizableLayers,
  setGridOf,
  VALUES_KEY,
} from "../../rewrites/index.ts";
import { toIntegerForm } from "./integer-form.ts";
import { initialState, modelOf, readForm, setOf, tableFor, withSet } from "./network.ts";
import { data, floatNet, int8Net } from "./small.fixture.ts";
import { randomTable } from "./synthetic.fixture.ts";

const array = { ...defaultArray, rows: 16, columns: 16, accumulatorBits: 20 };
const wide = { ...array, activationBits: 9, accumulatorBits: 21 };
const x: Tensor = data.test.inputs;

const logits = (model: Model): number[] => {
  const copy = cloneModel(model);
  inferModel(copy);
  return Array.from(numbers(Object.values(runReference(copy, { x }).outputs)[0]!));
};

const everything = Array.from({ length: 255 }, (_, i) => i - 127);

describe("integer form", () => {
  it.each([false, true])("answers what the model answered (batch norm %s)", (batchNorm) => {
    const model = int8Net(batchNorm);
    const form = toIntegerForm(model, wide);
    expect(form.skipped).toEqual([]);
    expect(form.layers.map(({ name, bits }) => [name, bits])).toEqual(
      ["conv1", "conv2", "fc"].map((name) => [name, { weight: 8, input: 8 }]),
    );
    expect(form.model.graph.nodes.some(({ op }) => op === "BatchNormalization")).toBe(false);
    const [before, after] = [logits(model), logits(form.model)];
    // A code of an activation may tip over where folding rounds in another order.
    const spread = Math.max(...before.map(Math.abs));
    for (const [i, value] of after.entries()) expect(Math.abs(value - before[i]!)).toBeLessThan(0.02 * spread);
  });

  it("codes are those that would be exported, signs of batch norms included", () => {
    const frozen = int8Net(true);
    applyPasses(frozen, [freezeWeights, plainGemm, foldQuantisedBatchNorm]);
    const codes = quantizableLayers(frozen).map(({ weight }) =>
      Array.from(numbers(weight.producer!.inputs[0]!.constant!)),
    );
    const form = toIntegerForm(int8Net(true), array);
    const network = readForm(modelOf(form, initialState(form)), form);
    expect(network.layers.map(({ weight }) => Array.from(weight!.codes))).toEqual(codes);
    expect(codes.flat().some((code) => code < -100) && codes.flat().some((code) => code > 100)).toBe(true);
  });

  it("with all 255 values nothing changes, bit for bit", () => {
    const form = toIntegerForm(int8Net(), array);
    const state = initialState(form);
    const whole = form.layers.reduce(
      (s, layer) => withSet(s, layer.name, tableFor(everything, layer, randomTable(1))),
      state,
    );
    expect(logits(modelOf(form, whole))).toEqual(logits(modelOf(form, state)));
    expect(readForm(modelOf(form, whole), form).layers.map(({ weight }) => weight)).toEqual(
      readForm(modelOf(form, state), form).layers.map(({ weight }) => weight),
    );
  });

  it("a set holds in every form of the file, and stands in its metadata", () => {
    const form = toIntegerForm(int8Net(), array);
    const layer = form.layers[1]!;
    const set = [-64, -8, 0, 1, 16];
    const state = withSet(initialState(form), layer.name, tableFor(set, layer, randomTable(1)));
    expect(setOf(state, layer.name)).toEqual(set);
    const model = modelOf(form, state);
    const used = new Set(readForm(model, form).layers[1]!.weight!.codes);
    expect(used.size).toBeGreaterThan(3);
    expect([...used].filter((code) => !set.includes(code))).toEqual([]);
    const again = toIntegerForm(model, array);
    expect(initialState(again).tables).toEqual({ [layer.name]: state.tables[layer.name] });
    expect(logits(again.model)).toEqual(logits(model));
    const frozen = cloneModel(model);
    inferModel(frozen);
    applyPasses(frozen, [freezeWeights]);
    const codes = quantizableLayers(frozen)[1]!.weight.producer!.inputs[0]!;
    expect(new Set(numbers(codes.constant!))).toEqual(used);
    expect(codes.metadata.get(VALUES_KEY)).toBe("-64 -8 0 1 16");
    // Frozen and adopted again: the same codes, the same scales.
    applyPasses(frozen, [adoptQuantisers]);
    const nodes = frozen.graph.nodes.filter(isSetQuant);
    expect(nodes.map((node) => Array.from(setGridOf(node).scales))).toEqual(
      model.graph.nodes.filter(isSetQuant).map((node) => Array.from(setGridOf(node).scales)),
    );
    expect(logits(frozen)).toEqual(logits(model));
  });

  it("narrows activations to what a signed operand takes, and no further", () => {
    const bits = (inputBits: number, of = array) => toIntegerForm(int8Net(false, inputBits), of).layers[0]!.bits.input;
    expect(bits(8)).toBe(7);
    expect(bits(8, wide)).toBe(8);
    expect(bits(4)).toBe(4);
  });

  it("refuses floats and weights that are too wide; leaves out single layers, with the reason", () => {
    expect(() => toIntegerForm(floatNet(), array)).toThrow(expect.objectContaining({ code: "lws.float" }));
    expect(() => toIntegerForm(int8Net(), { ...array, weightBits: 4 })).toThrow(
      expect.objectContaining({ code: "lws.weight" }),
    );
    const model = floatNet();
    inferModel(model);
    const range = { weightRange: tensor("float32", [], [1]), weightAxis: -1, weightBits: 8, container: 8 } as const;
    const grid = { inputBits: 8, inputGrid: "unsigned", inputHigh: 1, mode: "round" } as const;
    insertQuantizers(model, [{ layer: "conv2", ...range, ...grid }]);
    const { layers, skipped } = toIntegerForm(model, array);
    expect(layers.map(({ name }) => name)).toEqual(["conv2"]);
    expect(skipped).toEqual(["conv1", "fc"].map((name) => ({ name, why: "its weight has no integer codes" })));
  });
});
