/** @file Dropout in training: the law of the mask, its use in the gradient, and the seed. */

import { describe, expect, it } from "vitest";
import { numbers, scalar, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit } from "./index.ts";

const size = 20_000;

/** Dropout of ones, with ∂(Σ y)/∂x. */
function setup(ratio: number, isTraining: boolean, seed?: number) {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float64", dims: [size] });
  const training = graph.addInput("training", { dtype: "bool", dims: [] });
  const y = g.op("Dropout", [x, g.scalar(x, ratio), training], { seed });
  const [dx] = gradients(g, g.sum(y, [0]), [x]);
  for (const output of [y, dx!]) graph.addOutput(output);
  const model = new Model(graph);
  verifyModel(model);
  const feeds = { x: tensor("float64", [size], new Array(size).fill(1)), training: scalar("bool", isTraining) };
  const run = (runSeed = 0) => {
    const { outputs } = runReference(model, feeds, { seed: runSeed });
    return [y, dx!].map((value) => Array.from(numbers(outputs[value.name]!))) as [number[], number[]];
  };
  return { run, node: y.producer! };
}

describe("Dropout", () => {
  it("drops the stated share, and keeps the mean", () => {
    const [y] = setup(0.3, true).run();
    const dropped = y.filter((value) => value === 0).length / size;
    // Four standard deviations of a binomial share.
    expect(Math.abs(dropped - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / size));
    expect(new Set(y)).toEqual(new Set([0, 1 / 0.7]));
  });

  it("lets the gradient through where the very same draw kept the element", () => {
    const { run, node } = setup(0.3, true);
    const [y, dx] = run();
    for (const [i, value] of dx.entries()) expect(value).toBeCloseTo(y[i]!, 12);
    expect(node.outputs).toHaveLength(2);
  });

  it("is the identity when it does not train", () => {
    const [y, dx] = setup(0.3, false).run();
    expect(new Set([...y, ...dx])).toEqual(new Set([1]));
  });

  it("draws from its own seed where it has one, else from that of the run", () => {
    expect(setup(0.5, true, 7).run(1)).toEqual(setup(0.5, true, 7).run(2));
    expect(setup(0.5, true).run(1)).toEqual(setup(0.5, true).run(1));
    expect(setup(0.5, true).run(1)).not.toEqual(setup(0.5, true).run(2));
  });
});
