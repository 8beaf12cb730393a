/** @file A mistake in --options is one message: where, what was expected, what was given, what it is when left out. */

import { expect, it } from "vitest";
import { dwn } from "../methods/index.ts";
import { readMethodOptions } from "./method-options.ts";

const where = (name: string) => `options of dwn › ${name}`;

it.each([
  [
    { inputs: 11 },
    { where: where("inputs"), message: "Too big", expected: "number to be <=10", got: "11", hint: "left out, it is 6" },
  ],
  [
    { mapping: "learnt" },
    { where: where("mapping"), message: "Invalid option", got: '"learnt"', hint: 'left out, it is "learned"' },
  ],
  [{ layers: [10, "x"] }, { where: "options of dwn › layers › 1", expected: "number", got: '"x"' }],
  [{ tables: "gates" }, { where: where("inputs"), message: "a gate has 2 inputs: set inputs to 2" }],
  [{ input: 6 }, { code: "option.unknown", hint: 'did you mean "inputs"?' }],
])("%j", (given, error) => {
  expect(() => readMethodOptions(dwn, given)).toThrow(expect.objectContaining(error));
});
