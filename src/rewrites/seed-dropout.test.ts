/** @file Dropout that trains gets seeds; ONNX Runtime keeps what is built on: seed s + k draws first what s draws at call k. */

import { expect, it } from "vitest";
import { f32, numbers, scalar } from "../base/tensor.ts";
import { OrtEngine } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { seedDropout } from "./seed-dropout.ts";

/** Dropout of ones, twice while training and once not. */
function model(): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: [64] });
  const ratio = g.scalar("float32", 0.5);
  const training = g.constant(scalar("bool", true));
  graph.addOutput(g.op("Dropout", [x, ratio, training], { seed: 5 }));
  graph.addOutput(g.op("Dropout", [x, ratio, training]));
  graph.addOutput(g.op("Dropout", [x, ratio]));
  return new Model(graph);
}

const seedsOf = ({ graph }: Model) => graph.nodes.map(({ attributes }) => attributes.seed?.value);

function seeded(seed: number, drawn = 0, stream = "one"): Model {
  const made = model();
  expect(applyPasses(made, [seedDropout({ seed, stream, drawn })])).toBe(true);
  return made;
}

it("seeds what trains, each node on its own, by seed and stream", () => {
  const [a, b, c] = seedsOf(seeded(1)) as number[];
  expect(c).toBeUndefined();
  expect(b! - a!).toBe(2 ** 29);
  expect(b!).toBeLessThan(2 ** 31 - 1);
  expect(seedsOf(seeded(1))).toEqual([a, b, c]);
  expect(seedsOf(seeded(2))[0]).not.toBe(a);
  expect(seedsOf(seeded(1, 0, "two"))[0]).not.toBe(a);
  expect(seedsOf(seeded(1, 7))).toEqual([a! + 7, b! + 7, undefined]);
  const graph = new Graph();
  graph.addOutput(new Emit(graph).op("Relu", [graph.addInput("x", { dtype: "float32", dims: [2] })]));
  expect(applyPasses(new Model(graph), [seedDropout({ seed: 1, stream: "one", drawn: 0 })])).toBe(false);
});

it("in ONNX Runtime a session that begins later goes on with the masks of one that began before", async () => {
  const engine = new OrtEngine();
  const masks = async (made: Model, runs: number) => {
    const session = await engine.load(made, {});
    const found: number[][] = [];
    for (let i = 0; i < runs; i++) {
      const results = await session.run({ x: f32([64], new Array(64).fill(1)) });
      found.push(made.graph.outputs.slice(0, 2).flatMap(({ name }) => Array.from(numbers(results[name]!))));
    }
    await session.release();
    return found;
  };
  const all = await masks(seeded(3), 6);
  expect(new Set(all.map(String)).size).toBe(6);
  expect(all[0]!.slice(0, 64)).not.toEqual(all[0]!.slice(64));
  expect(await masks(seeded(3, 4), 2)).toEqual(all.slice(4));
  await engine.close();
});
