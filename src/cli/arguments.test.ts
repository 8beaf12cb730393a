import { expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { readArguments } from "./arguments.ts";
import { command } from "./command.ts";

const example = command({
  name: "example",
  about: ["An example."],
  examples: ["femto example model.onnx"],
  args: {
    model: { type: "positional", required: true, description: "a model" },
    beta: { type: "string", description: "a number" },
    "data-dir": { type: "string", description: "a folder" },
    tie: { type: "boolean", description: "a switch" },
  },
  run: async () => {},
});

const codeOf = (...words: string[]): string => {
  try {
    readArguments(example, words);
    return "none";
  } catch (error) {
    if (error instanceof FemtoError) return `${error.code}: ${error.message}${error.hint ? ` (${error.hint})` : ""}`;
    throw error;
  }
};

test("words become options", () => {
  const args = readArguments(example, ["a.onnx", "--beta", "-0.5", "--data-dir=x y", "--tie"]);
  expect([args.model, args.beta, args["data-dir"], args.tie]).toEqual(["a.onnx", "-0.5", "x y", true]);
  expect(readArguments(example, ["a.onnx"]).tie).toBeUndefined();
});

test("what is not known is refused, with the nearest known word", () => {
  expect(codeOf("a.onnx", "--betta", "1")).toBe('usage.option: there is no option --betta (did you mean "--beta"?)');
  expect(codeOf("a.onnx", "-x")).toBe("usage.option: there is no option -x (see femto example --help)");
  expect(codeOf("a.onnx", "--no-tie")).toContain("usage.option: there is no option --no-tie");
});

test("options without a value, with one too many, or given twice are refused", () => {
  expect(codeOf("a.onnx", "--beta")).toContain("--beta needs a value");
  expect(codeOf("a.onnx", "--beta", "--tie")).toContain("--beta needs a value");
  expect(codeOf("a.onnx", "--tie=yes")).toContain("--tie takes no value");
  expect(codeOf("a.onnx", "--beta", "1", "--beta", "2")).toContain("is given twice");
});

test("missing and superfluous words are refused", () => {
  expect(codeOf()).toContain("usage.missing: MODEL is missing");
  expect(codeOf("a.onnx", "b.onnx")).toContain("usage.superfluous: there is a word too many");
});
