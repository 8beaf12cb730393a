/** @file Shape arithmetic: what inference knows of the elements of small integer values, symbols included. */

import { describe, expect, it } from "vitest";
import { i64, type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { Emit, inferModel } from "./index.ts";

/** A graph with the shape [N, 6] of an input as a value, to calculate with. */
function setup() {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 6] });
  const constant = (values: readonly number[]) => g.constant(i64(values));
  return { g, shape: g.op("Shape", [x]), constant };
}

const contents = (value: Value): readonly Dim[] | undefined => value.contents;

describe("contents through element-wise operators", () => {
  it.each<[string, readonly number[], readonly Dim[]]>([
    ["Add", [1, 2], ["(N+1)", 8]],
    ["Sub", [1, 2], ["(N-1)", 4]],
    ["Mul", [2, 3], ["2*N", 18]],
    ["Div", [1, 4], ["N", 1]],
    ["Mul", [2], ["2*N", 12]],
  ])("%s by %j", (kind, by, expected) => {
    const { g, shape, constant } = setup();
    expect(contents(g.op(kind, [shape, constant(by)]))).toEqual(expected);
  });

  it("cancels symbols", () => {
    const { g, shape, constant } = setup();
    expect(contents(g.div(g.mul(shape, constant([4, 4])), constant([4, 4])))).toEqual(["N", 6]);
    expect(contents(g.sub(shape, shape))).toEqual([0, 0]);
  });

  it("follows the idiom of Expand: where(target = −1, ones, target)", () => {
    const { g, shape, constant } = setup();
    const target = g.op("Concat", [g.op("Gather", [shape, constant([0])]), constant([-1])], { axis: 0 });
    const chosen = g.where(g.op("Equal", [target, constant([-1])]), constant([1, 1]), target);
    expect(contents(chosen)).toEqual(["N", 1]);
  });

  it("compares what it can and says nothing of the rest", () => {
    const { g, shape, constant } = setup();
    expect(contents(g.op("Greater", [constant([3]), constant([2])]))).toEqual([1]);
    expect(contents(g.op("And", [g.op("Equal", [shape, shape]), g.constant(tensor("bool", [1], [1]))]))).toEqual([
      1, 1,
    ]);
    expect(contents(g.op("Equal", [shape, constant([4, 6])]))).toBeUndefined();
    expect(contents(g.op("Greater", [shape, constant([4])]))).toBeUndefined();
    expect(contents(g.op("Div", [constant([4]), constant([0])]))).toBeUndefined();
    expect(contents(g.mul(shape, constant([-1, 1])))).toBeUndefined();
  });

  it("passes casts between integers, and stops at floats", () => {
    const { g, shape } = setup();
    expect(contents(g.cast(shape, "int32"))).toEqual(["N", 6]);
    expect(contents(g.cast(shape, "float32"))).toBeUndefined();
    expect(contents(g.op("Identity", [shape]))).toEqual(["N", 6]);
  });
});

describe("element types", () => {
  const call = (kind: string, tensors: readonly Tensor[], attributes = {}) => {
    const graph = new Graph();
    const g = new Emit(graph);
    const values = tensors.map((t, i) => graph.addInput(`in${i}`, { dtype: t.dtype, dims: t.dims }));
    return () => g.op(kind, values, attributes);
  };
  const ints = i64([1]);
  const floats = tensor("float32", [1], [1]);

  it.each<[string, readonly Tensor[], string]>([
    ["Exp", [ints], "float"],
    ["Neg", [tensor("uint8", [1], [1])], "float or signed integer"],
    ["BitwiseAnd", [floats, floats], "integer"],
    ["BitShift", [ints, ints], "unsigned integer"],
    ["Not", [floats], "bool"],
    ["Add", [ints, floats], "int64"],
    ["Where", [floats, floats, floats], "bool"],
  ])("%s refuses other types", (kind, tensors, expected) => {
    const attributes = kind === "BitShift" ? { direction: "LEFT" } : {};
    expect(call(kind, tensors, attributes)).toThrow(expect.objectContaining({ code: "shape.dtype", expected }));
  });

  it("Mod of floats needs fmod", () => {
    expect(call("Mod", [floats, floats])).toThrow(expect.objectContaining({ code: "attribute.fmod" }));
  });

  it("shapes that do not broadcast are named", () => {
    const other = tensor("float32", [3], [1, 2, 3]);
    expect(call("Mul", [tensor("float32", [2], [1, 2]), other])).toThrow(
      expect.objectContaining({ code: "shape.broadcast" }),
    );
    expect(call("PRelu", [floats, other])).toThrow(expect.objectContaining({ code: "shape.broadcast" }));
  });

  it("an element type that ONNX does not know is refused", () => {
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: [1] });
    const g = new Emit(graph);
    g.op("Cast", [x], { to: "int64" });
    graph.nodes[0]!.attributes = { to: { type: "int", value: 99 } };
    expect(() => inferModel(new Model(graph))).toThrow(expect.objectContaining({ code: "attribute.choice" }));
  });
});
