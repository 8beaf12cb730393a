import { expect, test } from "vitest";
import { f32, type Tensor, tensor, zeros } from "../base/tensor.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { validateDataset } from "./validate.ts";

const made = (change: Partial<Dataset> = {}): Dataset =>
  dataset({
    name: "made",
    split: "train",
    inputs: f32([3, 2], [1, 2, 3, 4, 5, 6]),
    labels: tensor("int32", [3], [0, 1, 2]),
    classes: 3,
    source: "test",
    ...change,
  });

test("good data come back unchanged", () => {
  for (const data of [
    made(),
    made({ inputs: zeros("uint8", [3, 1, 2, 2]), labels: tensor("int64", [3], [0, 2, 1]) }),
    made({ inputs: tensor("float16", [3], [0, 1, 65504]) }),
  ]) {
    expect(validateDataset(data)).toBe(data);
  }
  const { classes: _, ...regression } = made({ labels: f32([3, 2], [1, 2, 3, 4, 5, 6]) });
  expect(validateDataset(regression)).toBe(regression);
  const { labels: __, ...text } = made({ inputs: tensor("int32", [3], [0, 1, 2]) });
  expect(validateDataset(text)).toBe(text);
});

const broken = (values: number[]): Tensor => f32([3, 2], values);

test.each<[string, Partial<Dataset>, string, string]>([
  ["NaN", { inputs: broken([1, 2, 3, 4, 5, Number.NaN]) }, "data.nan", "made › train › inputs › example 2"],
  ["infinity", { inputs: broken([1, 2, 3, -Infinity, 5, 6]) }, "data.nan", "made › train › inputs › example 1"],
  [
    "NaN as float16",
    { inputs: tensor("float16", [3], [0, Number.NaN, 1]) },
    "data.nan",
    "made › train › inputs › example 1",
  ],
  ["no examples", { inputs: zeros("float32", [0, 2]) }, "data.empty", "made › train › inputs"],
  ["no features", { inputs: zeros("float32", [3, 0]) }, "data.empty", "made › train › inputs"],
  ["a scalar", { inputs: zeros("float32", []) }, "data.empty", "made › train › inputs"],
  ["too little data", { inputs: { ...f32([1], [1]), dims: [3, 2] } }, "data.size", "made › train › inputs"],
  ["texts", { inputs: tensor("string", [3], ["a", "b", "c"]) }, "data.dtype", "made › train › inputs"],
  ["complex inputs", { inputs: zeros("complex64", [3]) }, "data.dtype", "made › train › inputs"],
  ["fewer labels", { labels: tensor("int32", [2], [0, 1]) }, "data.length", "made › train"],
  ["float class labels", { labels: f32([3], [0, 1, 2]) }, "data.dtype", "made › train › labels"],
  ["class labels in rows", { labels: zeros("int32", [3, 3]) }, "data.label-shape", "made › train › labels"],
  [
    "label too high",
    { labels: tensor("int32", [3], [0, 3, 1]) },
    "data.label-range",
    "made › train › labels › example 1",
  ],
  [
    "negative label",
    { labels: tensor("int8", [3], [0, 1, -1]) },
    "data.label-range",
    "made › train › labels › example 2",
  ],
  ["one class", { labels: tensor("int32", [3], [1, 1, 1]) }, "data.one-class", "made › train › labels"],
])("refused: %s", (_, change, code, where) => {
  expect(() => validateDataset(made(change))).toThrow(
    expect.objectContaining({ code, where, expected: expect.any(String), got: expect.any(String) }),
  );
});

test("a target that is not a number", () => {
  const { classes: _, ...regression } = made({ labels: f32([3], [1, Number.NaN, 3]) });
  expect(() => validateDataset(regression)).toThrow(
    expect.objectContaining({ code: "data.nan", where: "made › train › labels › example 1" }),
  );
});

test("a test part may have one class", () => {
  const data = made({ split: "test", labels: tensor("int32", [3], [1, 1, 1]) });
  expect(validateDataset(data)).toBe(data);
});
