import { expect, test } from "vitest";
import { choiceOf, listOf, numberOf, objectOf, wholeOf, wordsOf } from "./values.ts";

test("numbers", () => {
  expect(numberOf("beta", "0.01")).toBe(0.01);
  expect(numberOf("beta", "1e-3")).toBe(0.001);
  expect(numberOf("beta", undefined)).toBeUndefined();
  expect(wholeOf("epochs", "12", { least: 1 })).toBe(12);
  for (const text of ["", " ", "x", "NaN", "Infinity"]) expect(() => numberOf("beta", text)).toThrow("wrong value");
  for (const text of ["1.5", "1e3", "0", "-1"]) {
    expect(() => wholeOf("epochs", text, { least: 1 })).toThrow("wrong value");
  }
});

test("lists, each member once", () => {
  expect(listOf("baselines", "8,6, 5,8")).toEqual([8, 6, 5]);
  expect(listOf("baselines", "none")).toEqual([]);
  expect(() => listOf("baselines", "8,,4")).toThrow("wrong value");
  expect(() => listOf("baselines", "8,1", { least: 2 })).toThrow("wrong value");
  expect(wordsOf("a, b")).toEqual(["a", "b"]);
});

test("choices", () => {
  expect(choiceOf("method", "eqat", ["eqat", "float"])).toBe("eqat");
  expect(() => choiceOf("method", "eqta", ["eqat", "float"])).toThrow(
    expect.objectContaining({ hint: 'did you mean "eqat"?' }),
  );
});

test("JSON objects", () => {
  expect(objectOf("options", '{"alpha": 0.8}')).toEqual({ alpha: 0.8 });
  expect(objectOf("options", undefined)).toEqual({});
  expect(() => objectOf("options", "{alpha: 1}")).toThrow("is not JSON");
  expect(() => objectOf("options", "[1]")).toThrow("wrong value");
});
