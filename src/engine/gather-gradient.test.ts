/** @file The lowerings of Gather's gradient are one rule: the same numbers, also where indices repeat and threads are two. */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { f32, i64, numbers, type Tensor, tensor } from "../base/tensor.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { writeModel } from "../onnx/index.ts";
import { Emit } from "../operators/index.ts";
import { runReference } from "./reference.ts";
import { sessionOptions } from "./session-options.ts";

/** ∂(Σ c·Gather(x, indices))/∂x as a graph; `c` comes in as the output's weights. */
function graphOf(x: Tensor, indices: Tensor, weights: Tensor, axis: number, lowering?: string, isFed = false) {
  const graph = new Graph();
  const g = new Emit(graph, { lowerings: lowering === undefined ? {} : { "Gather.dX": lowering } });
  const table = graph.addInput("x", { dtype: "float32", dims: x.dims });
  const places = isFed ? graph.addInput("indices", { dtype: "int64", dims: indices.dims }) : g.constant(indices);
  const y = g.op("Gather", [table, places], { axis });
  const c = graph.addInput("c", { dtype: "float32", dims: weights.dims });
  const loss = g.op("ReduceSum", [g.mul(y, c)], { keepdims: false });
  const [dx] = gradients(g, loss, [table]);
  graph.addOutput(dx!);
  return { model: new Model(graph), name: dx!.name, kinds: graph.nodes.map(({ op }) => op) };
}

const ramp = (dims: readonly number[], step = 0.37): Tensor => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return f32(
    dims,
    Array.from({ length: size }, (_, i) => Math.fround(((i * step) % 5) - 2)),
  );
};

describe("Gather's gradient", () => {
  const x = ramp([3, 5, 4]);

  it.each([
    ["first axis, one twice", 0, i64([2, 0, 2, -1]), [4, 5, 4]],
    ["middle axis", 1, i64([4, 1, 1]), [3, 3, 4]],
    ["last axis, a matrix of indices", 2, tensor("int64", [2, 2], [3, 0, -1, 3]), [3, 5, 2, 2]],
  ] as const)("is the same by one-hot product and by scatter: %s", (_name, axis, indices, dims) => {
    const weights = ramp(dims, 0.71);
    const run = (lowering: string) => {
      const { model, name } = graphOf(x, indices, weights, axis, lowering);
      return Array.from(numbers(runReference(model, { x, c: weights }).outputs[name]!));
    };
    const expected = run("scatter");
    for (const [i, value] of run("oneHot").entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  it("pads where one known position was taken", () => {
    const weights = ramp([3, 4]);
    const { model, name, kinds } = graphOf(x, tensor("int64", [], [-2]), weights, 1);
    expect(kinds).toContain("Pad");
    expect(kinds).not.toContain("ScatterElements");
    const dx = numbers(runReference(model, { x, c: weights }).outputs[name]!);
    expect(Array.from(dx.subarray(12, 16))).toEqual(Array.from(numbers(weights).subarray(0, 4)));
    expect(dx.filter((value) => value !== 0)).toHaveLength(numbers(weights).filter((value) => value !== 0).length);
  });

  it("takes the product for short axes and the scatter for long ones", () => {
    const one = (length: number) => graphOf(ramp([length, 2]), i64([1, 1]), ramp([2, 2]), 0).kinds;
    expect(one(192)).toContain("OneHot");
    expect(one(193)).toContain("ScatterElements");
  });

  it("loses nothing where indices repeat and the session has two threads", async () => {
    const [rows, width, count] = [200, 64, 4096];
    const table = ramp([rows, width]);
    const indices = tensor(
      "int64",
      [count],
      Array.from({ length: count }, (_, i) => i % 7),
    );
    const ones = tensor("float32", [count, width], new Float32Array(count * width).fill(1));
    const { model, name, kinds } = graphOf(table, indices, ones, 0, undefined, true);
    expect(kinds).not.toContain("ScatterND");
    const session = await InferenceSession.create(writeModel(model), sessionOptions({ threads: 2 }));
    const pass = ({ dtype, data, dims }: Tensor) => new OrtTensor(dtype as "float32", data as Float32Array, dims);
    const feeds = { x: pass(table), indices: pass(indices), c: pass(ones) };
    const results = await session.run(Object.fromEntries(session.inputNames.map((key) => [key, feeds[key as "x"]])));
    const sum = (results[name]!.data as Float32Array).reduce((total, value) => total + value, 0);
    await session.release();
    expect(sum).toBe(count * width);
  });
});

describe("ties of ReduceMax", () => {
  it("share the gradient equally", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float32", dims: [2, 3] });
    const [dx] = gradients(g, g.op("ReduceSum", [g.op("ReduceMax", [x, g.ints([1])])], { keepdims: false }), [x]);
    graph.addOutput(dx!);
    const feeds = { x: f32([2, 3], [4, 4, 1, 2, 7, 3]) };
    const { outputs } = runReference(new Model(graph), feeds);
    expect(Array.from(numbers(outputs[dx!.name]!))).toEqual([0.5, 0.5, 0, 0, 1, 0]);
  });
});
