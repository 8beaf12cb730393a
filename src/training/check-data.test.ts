/** @file Data that cannot train a classifier are refused with one message each. */

import { describe, expect, it } from "vitest";
import { f32, tensor } from "../base/tensor.ts";
import { Emit } from "../operators/index.ts";
import { charGpt, mlp } from "../zoo/index.ts";
import { type ClassifierData, checkClassifierData } from "./index.ts";

const model = mlp({ inputs: 3, hidden: [4], classes: 3 });
const inputs = f32([4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const labels = tensor("int64", [4], [0, 1, 2, 0]);
const good: ClassifierData = { inputs, labels };
const check = (train: Partial<ClassifierData>, test: Partial<ClassifierData> = {}) => {
  checkClassifierData(model, { train: { ...good, ...train }, test: { ...good, ...test } });
};
const ints = (...values: number[]) => tensor("int64", [values.length], values);

describe("checkClassifierData", () => {
  it("accepts what fits, a test part with one class included", () => {
    check({});
    check({}, { labels: ints(1, 1, 1, 1) });
  });

  it.each<[string, string, Partial<ClassifierData>]>([
    ["a label too great", "data.label-range", { labels: ints(0, 1, 3, 0) }],
    ["a negative label", "data.label-range", { labels: ints(0, -1, 2, 0) }],
    ["one class", "data.one-class", { labels: ints(2, 2, 2, 2) }],
    ["too few labels", "data.length", { labels: ints(0, 1, 2) }],
    ["one-hot labels", "data.label-shape", { labels: tensor("int64", [4, 1], [0, 1, 2, 0]) }],
    ["float labels", "data.dtype", { labels: f32([4], [0, 1, 2, 0]) }],
    ["NaN", "data.nan", { inputs: f32([4, 3], [1, 2, 3, 4, Number.NaN, 6, 7, 8, 9, 10, 11, 12]) }],
    ["infinity", "data.nan", { inputs: f32([4, 3], [1, 2, 3, 4, 5, 6, 7, 8, Number.POSITIVE_INFINITY, 1, 1, 1]) }],
    ["a rank too many", "data.shape", { inputs: f32([4, 3, 1], new Array(12).fill(1)) }],
    ["another width", "data.shape", { inputs: f32([4, 2], new Array(8).fill(1)) }],
    ["no examples", "data.empty", { inputs: f32([0, 3], []), labels: ints() }],
    ["text", "data.dtype", { inputs: tensor("bool", [4, 3], new Array(12).fill(1)) }],
  ])("refuses %s", (_, code, own) => {
    expect(() => check(own)).toThrow(expect.objectContaining({ code, where: expect.stringContaining("data › train") }));
    if (code === "data.one-class") return;
    expect(() => check({}, own)).toThrow(
      expect.objectContaining({ code, where: expect.stringContaining("data › test") }),
    );
  });

  it("knows the number of classes of a file that leaves out the shape of its output", () => {
    const bare = mlp({ inputs: 3, hidden: [4], classes: 3 });
    bare.graph.outputs[0]!.type = undefined;
    checkClassifierData(bare, { train: good, test: good });
  });

  it("refuses a network that is no classifier", () => {
    const maps = mlp({ inputs: 3, hidden: [4], classes: 3 });
    const g = new Emit(maps.graph);
    maps.graph.outputs[0] = g.op("Unsqueeze", [maps.graph.outputs[0], g.ints([2, 3])]);
    expect(() => checkClassifierData(maps, { train: good, test: good })).toThrow(
      expect.objectContaining({ code: "train.logits" }),
    );
  });

  it.each<[string, string, Partial<ClassifierData>]>([
    ["one label an example", "data.label-shape", { labels: tensor("int32", [2], [0, 1]) }],
    ["a label beyond the vocabulary", "data.label-range", { labels: tensor("int32", [2, 2], [0, 1, 2, 5]) }],
    ["a character beyond the vocabulary", "data.label-range", { inputs: tensor("uint8", [2, 2], [0, 5, 2, 1]) }],
    ["another context", "data.shape", { inputs: tensor("uint8", [1, 3], [0, 1, 2]) }],
    ["nothing", "data.empty", { inputs: tensor("uint8", [0, 2], []), labels: tensor("int32", [0, 2], []) }],
  ])("refuses text that does not fit a language model: %s", (_, code, own) => {
    const model = charGpt({ vocabulary: 5, context: 2, width: 4, heads: 1, depth: 1 });
    const text = { inputs: tensor("uint8", [2, 2], [0, 1, 2, 3]), labels: tensor("int32", [2, 2], [1, 2, 3, 4]) };
    checkClassifierData(model, { train: text, test: text });
    expect(() => checkClassifierData(model, { train: text, test: { ...text, ...own } })).toThrow(
      expect.objectContaining({ code, where: expect.stringContaining("data › test") }),
    );
  });
});
