import fc from "fast-check";
import { expect, test } from "vitest";
import { f32, tensor } from "../base/tensor.ts";
import { contentChecksum, count, type Dataset, dataset } from "./dataset.ts";
import { rows, sample, split, splitAtEnd, subset, take } from "./selection.ts";
import { classCounts } from "./summary.ts";

/** Example i has inputs [i, −i] and label labels[i]. */
const made = (labels: number[], classes = 3): Dataset =>
  dataset({
    name: "made",
    split: "all",
    inputs: f32(
      [labels.length, 2],
      labels.flatMap((_, i) => [i, -i]),
    ),
    labels: tensor("int32", [labels.length], labels),
    classes,
    source: "test",
  });
const identities = (data: Dataset) => Array.from(data.inputs.data as Float32Array).filter((_, i) => i % 2 === 0);

test("rows of numbers and of texts", () => {
  expect(rows(f32([3, 2], [1, 2, 3, 4, 5, 6]), [2, 0, 2])).toEqual(f32([3, 2], [5, 6, 1, 2, 5, 6]));
  expect(rows(tensor("string", [2], ["a", "b"]), [1])).toEqual(tensor("string", [1], ["b"]));
});

test("a subset takes labels along and has a checksum of its own", () => {
  const data = made([0, 1, 2, 0]);
  const part = subset(data, [3, 1], { note: "two" });
  expect(identities(part)).toEqual([3, 1]);
  expect(Array.from(part.labels!.data as Int32Array)).toEqual([0, 1]);
  expect(part.notes).toEqual(["two"]);
  expect(part.checksum).toBe(contentChecksum(part.inputs, part.labels));
  expect(part.checksum).not.toBe(data.checksum);
  expect(take(data, 9)).toBe(data);
  expect(identities(take(data, 2))).toEqual([0, 1]);
  expect(() => subset(data, [4])).toThrow(expect.objectContaining({ code: "data.index", got: "4" }));
  expect(() => subset(data, [-1])).toThrow(expect.objectContaining({ code: "data.index" }));
});

test("text is split by position", () => {
  const { train, test: rest } = splitAtEnd(made([0, 1, 2, 0, 1]), 2);
  expect([identities(train), identities(rest)]).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
});

const labelled = fc
  .array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 60 })
  .chain((labels) => fc.tuple(fc.constant(labels), fc.integer({ min: 1, max: labels.length - 1 }), fc.nat()));

test("a split shares out every example once, in proportion, and depends on the seed only", () => {
  fc.assert(
    fc.property(labelled, ([labels, testCount, seed]) => {
      const data = made(labels);
      const parts = split(data, testCount, seed);
      expect(count(parts.test)).toBe(testCount);
      const all = [...identities(parts.train), ...identities(parts.test)].sort((a, b) => a - b);
      expect(all).toEqual(labels.map((_, i) => i));
      const totals = classCounts(data)!;
      for (const [label, n] of classCounts(parts.test)!.entries()) {
        expect(Math.abs(n - (totals[label]! * testCount) / labels.length)).toBeLessThan(1);
      }
      expect(split(data, testCount, seed)).toEqual(parts);
    }),
  );
});

test("a fixed seed gives these examples on every machine", () => {
  const { train, test: rest } = split(made([0, 0, 0, 0, 1, 1, 1, 1, 2, 2]), 4, 7);
  expect({ train: identities(train), test: identities(rest) }).toMatchInlineSnapshot(`
    {
      "test": [
        0,
        8,
        6,
        1,
      ],
      "train": [
        7,
        2,
        4,
        3,
        5,
        9,
      ],
    }
  `);
});

test("a sample keeps the proportions", () => {
  const part = sample(made([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]), 5, 1);
  expect(classCounts(part)!.reduce((sum, n) => sum + n, 0)).toBe(5);
  expect(classCounts(part)![0]).toBe(3);
  expect(sample(part, 99, 1)).toBe(part);
});

test.each([0, 3, 1.5, -1])("%s of 3 test examples cannot be split off", (testCount) => {
  expect(() => split(made([0, 1, 2]), testCount, 0)).toThrow(expect.objectContaining({ code: "data.split" }));
});
