import { expect, test } from "vitest";
import { f32, i64, tensor } from "../base/tensor.ts";
import { encodeLabels } from "./labels.ts";

const ints = (...values: number[]) => tensor("int32", [values.length], values);

test("indices of any integer type, over both parts", () => {
  const { parts, classes, classNames } = encodeLabels([i64([0, 1, 1]), tensor("uint8", [2], [4, 0])], "x");
  expect([parts, classes, classNames]).toEqual([[ints(0, 1, 1), ints(4, 0)], 5, undefined]);
  expect(encodeLabels([ints(0, 1, 0)], "x", { classes: 9 }).classes).toBe(9);
  expect(encodeLabels([tensor("bool", [2], [true, false])], "x")).toMatchObject({ parts: [ints(1, 0)], classes: 2 });
  expect(encodeLabels([tensor("int64", [3, 1], [2, 0, 1])], "x").parts).toEqual([ints(2, 0, 1)]);
});

test("names get indices in the order of the alphabet, over both parts", () => {
  const labels = encodeLabels([tensor("string", [2], ["dog", "cat"]), tensor("string", [1], ["ant"])], "x");
  expect(labels).toMatchObject({ parts: [ints(2, 1), ints(0)], classes: 3, classNames: ["ant", "cat", "dog"] });
});

test("one-hot rows become indices, said in a note", () => {
  const labels = encodeLabels([f32([2, 3], [0, 0, 1, 1, 0, 0])], "x");
  expect(labels).toMatchObject({ parts: [ints(2, 0)], classes: 3 });
  expect(labels.notes).toHaveLength(1);
  expect(encodeLabels([f32([2, 2], [0, 1, 1, 0])], "x", { task: "regression" }).classes).toBeUndefined();
});

test("targets stay numbers", () => {
  expect(encodeLabels([tensor("float64", [2], [0.5, 1])], "x")).toEqual({ parts: [f32([2], [0.5, 1])], notes: [] });
  expect(encodeLabels([f32([2, 2], [0.5, 0.5, 1, 0])], "x")).toEqual({
    parts: [f32([2, 2], [0.5, 0.5, 1, 0])],
    notes: [],
  });
  expect(encodeLabels([ints(3, 4)], "x", { task: "regression" }).parts).toEqual([f32([2], [3, 4])]);
});

test("whole numbers of a floating-point type must be declared", () => {
  expect(() => encodeLabels([f32([2], [0, 1])], "x")).toThrow(expect.objectContaining({ code: "labels.task" }));
  expect(encodeLabels([f32([2], [0, 1])], "x", { task: "classification" }).parts).toEqual([ints(0, 1)]);
});

test.each([
  ["negative", [ints(0, -1)], {}, "data.label-range"],
  ["fractions as classes", [f32([2], [0, 0.5])], { task: "classification" }, "data.label-range"],
  ["prices as classes", [ints(250_000, 310_000)], {}, "data.label-range"],
  ["rows as classes", [f32([2, 2], [1, 2, 3, 4])], { task: "classification" }, "data.label-shape"],
  ["texts as quantities", [tensor("string", [1], ["a"])], { task: "regression" }, "labels.task"],
  ["more names than classes", [tensor("string", [2], ["a", "b"])], { classes: 1 }, "data.label-range"],
] as const)("refused: %s", (_, parts, options, code) => {
  expect(() => encodeLabels([...parts], "x.npz", options)).toThrow(
    expect.objectContaining({ code, where: expect.stringContaining("x.npz") }),
  );
});
