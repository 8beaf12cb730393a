import { describe, expect, it } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import { i64, numbers, rowsOf, sizeOf, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { freeBatch } from "./free-batch.ts";

const rng = new Rng(5, "batch");
const random = (dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );

type Write = (g: Emit, x: Value, w: (dims: readonly number[]) => Value) => Value;

function build(dims: readonly number[], write: Write): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims });
  graph.addOutput(write(new Emit(graph), x, (shape) => graph.addInitializer("w", random(shape))));
  return new Model(graph);
}

const shape = (g: Emit, ...dims: number[]) => g.constant(i64(dims));

describe("free-batch", () => {
  it.each<[string, readonly number[], Write]>([
    ["a Reshape to rows", [1, 2, 3, 3], (g, x, w) => g.matmul(g.op("Reshape", [x, shape(g, 1, 18)]), w([18, 4]))],
    ["a Reshape with a −1 of its own", [1, 2, 6], (g, x) => g.op("Reshape", [x, shape(g, 1, -1)])],
    ["a Reshape that is general already", [1, 2, 6], (g, x) => g.op("Reshape", [x, shape(g, -1, 12)])],
    ["a Flatten of everything", [1, 2, 6], (g, x) => g.op("Flatten", [x], { axis: 0 })],
    ["a batch of three", [3, 4, 2], (g, x) => g.op("Reshape", [x, shape(g, 3, 2, 4)])],
    [
      "a weight that is reshaped, too",
      [1, 4],
      (g, x, w) => g.matmul(x, g.op("Reshape", [w([1, 2, 6]), shape(g, 4, 3)])),
    ],
    [
      "a shape that is computed",
      [1, 2, 6],
      (g, x) => {
        const rows = g.op("Gather", [g.op("Shape", [x]), g.ints([0])]);
        return g.op("Reshape", [x, g.op("Concat", [rows, shape(g, -1)], { axis: 0 })]);
      },
    ],
  ])("frees %s, and each example gets the answer it had", (_, dims, write) => {
    const fixed = build(dims, write);
    const free = build(dims, write);
    // The same weights in both
    for (const [i, value] of free.graph.initializers.entries()) value.constant = fixed.graph.initializers[i]!.constant;
    expect(applyPasses(free, [freeBatch()])).toBe(true);
    expect(free.graph.inputs[0]!.type!.dims).toEqual(["N", ...dims.slice(1)]);
    expect(free.graph.outputs[0]!.type!.dims![0]).toBe("N");
    const batch = dims[0]!;
    const x = random([2 * batch, ...dims.slice(1)]);
    const both = numbers(runReference(free, { x }).outputs[free.graph.outputs[0]!.name]!);
    const each = [0, 1].flatMap((i) => {
      const part = rowsOf(x, i * batch, (i + 1) * batch);
      return Array.from(numbers(runReference(fixed, { x: part }).outputs[fixed.graph.outputs[0]!.name]!));
    });
    expect(Array.from(both)).toEqual(each);
    expect(applyPasses(free, [freeBatch()])).toBe(false);
  });

  it.each<[string, Write]>([
    ["that lose the dimension", (g, x) => g.op("Reshape", [x, shape(g, 8)])],
    ["that put it elsewhere", (g, x) => g.op("Transpose", [x], { perm: [1, 0] })],
    ["that join a constant row to the example", (g, x, w) => g.op("Concat", [x, w([1, 8])], { axis: 1 })],
  ])("refuses networks %s", (_, write) => {
    const run = () => applyPasses(build([1, 8], write), [freeBatch()]);
    expect(run).toThrow(FemtoError);
    expect(run).toThrow(expect.objectContaining({ code: "rewrite.batch" }));
  });

  it("takes another name where a dimension has it already", () => {
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: [1, "N", 3] });
    graph.addOutput(new Emit(graph).op("Relu", [x]));
    const model = new Model(graph);
    applyPasses(model, [freeBatch()]);
    expect(graph.outputs[0]!.type!.dims).toEqual(["N_batch", "N", 3]);
  });

  it("refuses inputs of different numbers of examples", () => {
    const model = build([1, 4], (g, x) => g.add(x, g.graph.addInput("y", { dtype: "float32", dims: [3, 4] })));
    expect(() => applyPasses(model, [freeBatch()])).toThrow(expect.objectContaining({ code: "rewrite.batch" }));
  });
});
