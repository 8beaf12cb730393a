/** @file The laws of the random operators, and their seeds. */

import { describe, expect, it } from "vitest";
import { numbers, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "./index.ts";

const size = 20_000;

function draw(kind: string, attributes: Record<string, unknown>, fill?: number): number[] {
  const graph = new Graph();
  const g = new Emit(graph);
  const input = graph.addInitializer("x", tensor("float64", [size], new Array(size).fill(fill ?? 0)));
  const y = g.op(kind, fill === undefined ? [] : [input], attributes);
  graph.addOutput(y);
  return Array.from(numbers(runReference(new Model(graph), {}, { seed: 5 }).outputs[y.name]!));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

describe("random operators", () => {
  it.each([
    ["RandomUniform", { shape: [size], low: -2, high: 6 }, undefined],
    ["RandomUniformLike", { low: -2, high: 6 }, 0],
  ] as const)("%s fills its interval evenly", (kind, attributes, fill) => {
    const values = draw(kind, attributes, fill);
    expect(values).toHaveLength(size);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values)).toBeLessThan(6);
    const expected = 8 / Math.sqrt(12);
    expect(Math.abs(mean(values) - 2)).toBeLessThan((4 * expected) / Math.sqrt(size));
    expect(Math.abs(deviation(values) - expected)).toBeLessThan(0.05);
  });

  it.each([
    ["RandomNormal", { shape: [size], mean: 3, scale: 0.5 }, undefined],
    ["RandomNormalLike", { mean: 3, scale: 0.5 }, 0],
  ] as const)("%s has the stated mean and deviation", (kind, attributes, fill) => {
    const values = draw(kind, attributes, fill);
    expect(Math.abs(mean(values) - 3)).toBeLessThan((4 * 0.5) / Math.sqrt(size));
    expect(Math.abs(deviation(values) - 0.5)).toBeLessThan(0.01);
  });

  it("Bernoulli gives ones with the stated probability", () => {
    const values = draw("Bernoulli", {}, 0.3);
    expect(new Set(values)).toEqual(new Set([0, 1]));
    expect(Math.abs(mean(values) - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / size));
  });

  it("a seed fixes the numbers", () => {
    const seeded = () => draw("RandomNormal", { shape: [size], seed: 1.25 });
    expect(seeded()).toEqual(seeded());
    expect(seeded()).not.toEqual(draw("RandomNormal", { shape: [size], seed: 1.5 }));
  });

  it("integers are not drawn", () => {
    expect(() => draw("RandomNormalLike", { dtype: "int64" }, 0)).toThrow(
      expect.objectContaining({ code: "shape.dtype" }),
    );
  });
});
