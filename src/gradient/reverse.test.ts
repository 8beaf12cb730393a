/** @file Reverse mode beyond single operators: sums over paths, stopping, seeds, and gradients of gradients. */

import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit } from "../operators/index.ts";
import { gradients } from "./index.ts";

const random = (dims: number[], stream: string): Tensor => {
  const rng = new Rng(11, stream);
  return tensor(
    "float64",
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => rng.normal()),
  );
};

const evaluate = (graph: Graph, feeds: Record<string, Tensor>) => {
  const model = new Model(graph);
  verifyModel(model);
  const { outputs } = runReference(model, feeds);
  return graph.outputs.map((value) => numbers(outputs[value.name]!));
};

describe("gradients", () => {
  it("adds up over several paths from a value", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [] });
    // y = x² + 3x + x·x² → y' = 2x + 3 + 3x²
    const square = g.mul(x, x);
    const y = g.add(g.add(square, g.scale(x, 3)), g.mul(x, square));
    for (const slope of gradients(g, y, [x])) graph.addOutput(slope);
    expect(evaluate(graph, { x: tensor("float64", [], [2]) })[0]![0]).toBeCloseTo(2 * 2 + 3 + 12, 12);
  });

  it("is zero, in the right shape, for a value that nothing depends on", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [2, 3] });
    const y = graph.addInput("y", { dtype: "float64", dims: [2] });
    for (const slope of gradients(g, g.sum(x, [0, 1]), [y])) graph.addOutput(slope);
    expect([...evaluate(graph, { x: random([2, 3], "x"), y: random([2], "y") })[0]!]).toEqual([0, 0]);
  });

  it("does not flow through values where it is stopped", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [] });
    const held = g.mul(x, x);
    const y = g.mul(x, held);
    for (const slope of gradients(g, y, [x], { stopAt: new Set([held]) })) graph.addOutput(slope);
    expect(evaluate(graph, { x: tensor("float64", [], [3]) })[0]![0]).toBe(9);
  });

  it("does not flow into a stopped output of a node whose other output is differentiated", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [2] });
    const [a, b] = g.ops("Split", [x, g.ints([1, 1])], { axis: 0 }, 2);
    // L = a·b with b held: ∂L/∂x = [b, 0]
    const target = g.sum(g.mul(a!, b!), [0]);
    for (const slope of gradients(g, target, [x, b!], { stopAt: new Set([b!]) })) graph.addOutput(slope);
    const [dx, db] = evaluate(graph, { x: tensor("float64", [2], [3, 5]) });
    expect([...dx!]).toEqual([5, 0]);
    expect([...db!]).toEqual([3]);
  });

  it("counts every place where one node reads the value", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [2] });
    const y = g.add(g.mul(x, x), g.div(x, x));
    const joined = g.op("Concat", [x, y, x], { axis: 0 });
    for (const slope of gradients(g, g.sum(g.mul(joined, joined), [0]), [x])) graph.addOutput(slope);
    // L = 2x² + (x² + 1)²
    const values = evaluate(graph, { x: tensor("float64", [2], [2, -1]) })[0]!;
    for (const [i, v] of [2, -1].entries()) expect(values[i]).toBeCloseTo(4 * v + 4 * v * (v * v + 1), 12);
  });

  it("is the seed for the target itself, and follows it to values on the way", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [2] });
    const seed = graph.addInput("seed", { dtype: "float64", dims: [2] });
    const middle = g.scale(x, 3);
    const y = g.mul(middle, middle);
    for (const slope of gradients(g, y, [y, middle, x], { seed })) graph.addOutput(slope);
    for (const slope of gradients(g, y, [y])) graph.addOutput(slope);
    const feeds = { x: tensor("float64", [2], [1, 2]), seed: tensor("float64", [2], [10, 1]) };
    expect(evaluate(graph, feeds).map((slope) => [...slope])).toEqual([
      [10, 1],
      [60, 12],
      [180, 36],
      [1, 1],
    ]);
  });

  it("is zero along a path of integers", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [3] });
    const whole = g.cast(g.cast(x, "int64"), "float64");
    const place = g.op("ArgMax", [x], { axis: 0, keepdims: false });
    const y = g.add(g.sum(whole, [0]), g.cast(place, "float64"));
    for (const slope of gradients(g, y, [x])) graph.addOutput(slope);
    expect([...evaluate(graph, { x: tensor("float64", [3], [1.5, 2.5, 0]) })[0]!]).toEqual([0, 0, 0]);
  });

  it("refuses a value that a body captures, be it an input of the node besides or not", () => {
    const branch = (name: string, x: Value): Graph => {
      const body = new Graph(name);
      body.addOutput(new Emit(body, { scope: name }).mul(x, x));
      return body;
    };
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float64", dims: [] });
    const isPositive = g.op("Greater", [x, g.scalar(x, 0)]);
    const chosen = g.op("If", [isPositive], { then_branch: branch("yes", x), else_branch: branch("no", x) });
    expect(() => gradients(g, chosen, [x])).toThrow(expect.objectContaining({ code: "gradient.none" }));
    // Where the result is not needed, nobody minds.
    expect(() => gradients(g, g.mul(x, x), [x])).not.toThrow();
  });

  it("refuses a path through an operator that has no gradient, and names it", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float32", dims: [4] });
    const top = g.ops("Bernoulli", [x], {}, 1)[0]!;
    expect(() => gradients(g, g.sum(top, [0]), [x])).toThrow(/has no gradient/);
  });

  it("differentiates its own output: a Hessian-vector product equals differences of gradients", () => {
    // L = Σ softmax-ish network: tanh(x·W1)·W2 squared, with a convolution and a pool before it.
    const build = () => {
      const graph = new Graph();
      const g = new Emit(graph);
      const type = (dims: number[]) => ({ dtype: "float64", dims }) as const;
      const image = graph.addInput("image", type([2, 1, 6, 6]));
      const kernel = graph.addInput("kernel", type([3, 1, 3, 3]));
      const matrix = graph.addInput("matrix", type([12, 4]));
      const direction = graph.addInput("direction", type([3, 1, 3, 3]));
      const features = g.op("AveragePool", [g.op("Conv", [image, kernel])], { kernel_shape: [2, 2], strides: [2, 2] });
      const logits = g.matmul(g.op("Tanh", [g.reshape(features, [2, 12])]), matrix);
      const logp = g.op("LogSoftmax", [logits], { axis: 1 });
      const loss = g.sum(g.mul(logp, logp), [0, 1]);
      const [slope] = gradients(g, loss, [kernel]);
      return { graph, g, kernel, direction, slope: slope! };
    };
    const feeds = {
      image: random([2, 1, 6, 6], "image"),
      kernel: random([3, 1, 3, 3], "kernel"),
      matrix: random([12, 4], "matrix"),
      direction: random([3, 1, 3, 3], "direction"),
    };
    const second = build();
    const { g } = second;
    const along = g.sum(g.mul(second.slope, second.direction), [0, 1, 2, 3]);
    const [product] = gradients(g, along, [second.kernel]);
    second.graph.addOutput(product!);
    const exact = evaluate(second.graph, feeds)[0]!;

    const first = build();
    first.graph.addOutput(first.slope);
    const step = 1e-5;
    const moved = (by: number) => {
      const v = numbers(feeds.direction);
      const data = Float64Array.from(numbers(feeds.kernel), (w, i) => w + by * v[i]!);
      return evaluate(first.graph, { ...feeds, kernel: { ...feeds.kernel, data } })[0]!;
    };
    const [up, down] = [moved(step), moved(-step)];
    for (const [i, value] of exact.entries()) expect(value).toBeCloseTo((up[i]! - down[i]!) / (2 * step), 5);
  });
});
