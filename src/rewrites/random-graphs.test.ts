/** @file The law of all simplifying rewrites: outputs keep their names and their elements, bit for bit. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { f32 } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { foldConstants, mergeEqualNodes, removeDeadNodes, removeIdentities } from "./index.ts";

/** Ways to make a value out of earlier ones; all of shape [3, 3]. */
const makers: readonly ((g: Emit, a: Value, b: Value, n: number) => Value)[] = [
  (g, a, b) => g.add(a, b),
  (g, a, b) => g.mul(a, b),
  (g, a) => g.op("Relu", [a]),
  (g, a) => g.op("Identity", [a]),
  (g, a) => g.op("Transpose", [a]),
  (g, a) => g.op("Transpose", [a], { perm: [0, 1] }),
  (g, a) => g.op("Reshape", [a, g.ints([3, -1])]),
  (g, a) => g.op("Reshape", [g.op("Flatten", [a], { axis: 0 }), g.ints([3, 3])]),
  (g, a) => g.cast(g.op("Cast", [a], { to: "float64" }), "float32"),
  (g, a) => g.op("Cast", [a], { to: "float32" }),
  (g, a) => g.op("Dropout", [a]),
  (g, a) => g.op("Softmax", [a], { axis: 1 }),
  (g, a) => g.op("Reshape", [a, g.op("Shape", [a])]),
  (g, a, _, n) => g.add(a, g.graph.addInitializer("c", f32([3, 1], [n, 1, -n]))),
  (g, _, __, n) => g.matmul(g.graph.addInitializer("k", f32([3, 1], [n, 2, 3])), g.constant(f32([1, 3], [1, n, -1]))),
];

const plan = fc.record({
  steps: fc.array(
    fc.record({ maker: fc.nat(makers.length - 1), a: fc.nat(), b: fc.nat(), n: fc.integer({ min: -2, max: 2 }) }),
    {
      minLength: 1,
      maxLength: 20,
    },
  ),
  outputs: fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 4 }),
});

function build({ steps, outputs }: typeof plan extends fc.Arbitrary<infer P> ? P : never): Model {
  const graph = new Graph();
  const values = [graph.addInput("x", { dtype: "float32", dims: [3, 3] })];
  const g = new Emit(graph);
  for (const { maker, a, b, n } of steps) {
    values.push(makers[maker]!(g, values[a % values.length]!, values[b % values.length]!, n));
  }
  const made = values.slice(1);
  for (const value of new Set(outputs.map((index) => made[index % made.length]!))) graph.addOutput(value);
  return new Model(graph);
}

const x = f32([3, 3], [0.5, -1, 2, 3.25, -0.125, 7, -3, 0, 1]);
const passes = [foldConstants(), removeIdentities, mergeEqualNodes(), removeDeadNodes];

it("keeps names and bits of all outputs of random graphs, in any order of the passes", () => {
  fc.assert(
    fc.property(plan, fc.shuffledSubarray(passes, { minLength: 1 }), (graph, order) => {
      const model = build(graph);
      const expected = runReference(model, { x }).outputs;
      const copy = cloneModel(model);
      applyPasses(copy, order);
      expect(runReference(copy, { x }).outputs).toEqual(expected);
      expect(copy.graph.nodes.length).toBeLessThanOrEqual(model.graph.nodes.length);
      expect(runReference(model, { x }).outputs).toEqual(expected);
    }),
    { numRuns: 300, seed: 17 },
  );
});
