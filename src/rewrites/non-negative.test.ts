import { describe, expect, it } from "vitest";
import { f32, i64 } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { isNonNegative } from "./non-negative.ts";

function proof(write: (g: Emit, x: Value, positive: Value) => Value): boolean {
  const g = new Emit(new Graph());
  const x = g.graph.addInput("x", { dtype: "float32", dims: ["N", 4] });
  return isNonNegative(write(g, x, g.op("Relu", [x])));
}

describe("isNonNegative", () => {
  it.each<[string, (g: Emit, x: Value, positive: Value) => Value]>([
    ["ReLU", (_, __, p) => p],
    ["softmax", (g, x) => g.op("Softmax", [x])],
    ["a sum of positive branches", (g, x, p) => g.add(p, g.op("Sigmoid", [x]))],
    ["concatenation", (g, x, p) => g.op("Concat", [p, g.op("Abs", [x])], { axis: 1 })],
    ["shape surgery", (g, _, p) => g.op("Transpose", [g.op("Reshape", [p, g.ints([-1, 2])])])],
    ["a clip at zero", (g, x) => g.op("Clip", [x, g.scalar(x, 0), g.scalar(x, 6)])],
    ["zero padding", (g, _, p) => g.op("Pad", [p, g.constant(i64([0, 1, 0, 1]))])],
    ["a positive constant times it", (g, _, p) => g.mul(p, g.constant(f32([4], [1, 0, 2, 3])))],
    ["the greater of two, if one is", (g, x, p) => g.op("Max", [x, p])],
    ["unsigned bytes", (g) => g.cast(g.graph.addInput("u", { dtype: "uint8", dims: [2] }), "float32")],
  ])("proves %s", (_, write) => expect(proof(write)).toBe(true));

  it.each<[string, (g: Emit, x: Value, positive: Value) => Value]>([
    ["an input", (_, x) => x],
    ["a difference", (g, x, p) => g.sub(p, g.op("Abs", [x]))],
    ["a sum with an open branch", (g, x, p) => g.add(p, x)],
    ["a clip below zero", (g, x) => g.op("Clip", [x, g.scalar(x, -1), g.scalar(x, 1)])],
    ["a clip with an upper bound below zero", (g, x, p) => g.op("Clip", [p, undefined, g.scalar(x, -1)])],
    ["padding with a negative number", (g, x, p) => g.op("Pad", [p, g.constant(i64([0, 1, 0, 1])), g.scalar(x, -1)])],
    ["a negative constant times it", (g, _, p) => g.mul(p, g.constant(f32([4], [1, 0, -2, 3])))],
    ["the lesser of two", (g, x, p) => g.op("Min", [x, p])],
    ["signed bytes", (g) => g.cast(g.graph.addInput("i", { dtype: "int8", dims: [2] }), "float32")],
  ])("does not prove %s", (_, write) => expect(proof(write)).toBe(false));
});
