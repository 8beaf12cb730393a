/** @file Errors are data: they render, serialise and collect their place while they pass outwards. */

import { expect, it } from "vitest";
import { at, FemtoError, fail } from "./errors.ts";

const fields = {
  code: "shape.rank",
  message: "weight has 3 dimensions, expected 4",
  got: "[64, 32, 3]",
  hint: "try --allow-conv1d",
};

it("collects the path from the inside out", () => {
  const run = () => at("model.onnx", () => at('node 17 Conv "stage2/conv1"', () => fail(fields)));
  expect(run).toThrow(
    expect.objectContaining({ where: 'model.onnx › node 17 Conv "stage2/conv1"', code: "shape.rank" }),
  );
});

it("renders subject, fact and advice, one line each", () => {
  expect(new FemtoError({ ...fields, where: "w" }).render()).toBe(
    "w: weight has 3 dimensions, expected 4\n  got       [64, 32, 3]\n  hint      try --allow-conv1d",
  );
});

it("serialises without empty fields", () => {
  expect(JSON.parse(JSON.stringify(new FemtoError(fields)))).toEqual(fields);
});

it("leaves foreign errors alone", () => {
  const bug = new TypeError("a bug");
  expect(() =>
    at("place", () => {
      throw bug;
    }),
  ).toThrow(bug);
});
