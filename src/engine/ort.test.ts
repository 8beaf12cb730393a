/** @file ONNX Runtime in its thread: held tensors, carried outputs, errors that come back as values. */

import { afterAll, describe, expect, it } from "vitest";
import { f32, numbers } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "../operators/index.ts";
import { OrtEngine } from "./ort.ts";
import { runReference } from "./reference.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

/** y = x + w, and w' = 2·w. */
function counter(): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const type = { dtype: "float32", dims: [2] } as const;
  const [x, w] = [graph.addInput("x", type), graph.addInput("w", type)];
  graph.addOutput(g.add(x, w)).name = "y";
  graph.addOutput(g.scale(w, 2)).name = "w2";
  return new Model(graph);
}

describe("OrtEngine", () => {
  it("carries outputs into the next run without sending them", async () => {
    const session = await engine.load(counter());
    expect(session.inputs).toEqual(["x", "w"]);
    await session.hold({ w: f32([2], [1, 10]) });
    for (const factor of [1, 2, 4]) {
      const out = await session.run({ x: f32([2], [0.5, 0.5]) }, { fetch: ["y"], carry: { w2: "w" } });
      expect(Object.keys(out)).toEqual(["y"]);
      expect([...numbers(out.y!)]).toEqual([0.5 + factor, 0.5 + 10 * factor]);
    }
    expect([...numbers((await session.read(["w"])).w!)]).toEqual([8, 80]);
    await session.release();
    await expect(session.run({})).rejects.toMatchObject({ code: "engine.run" });
  });

  it("gives a clear error for a missing input, a broken file and types that the binding cannot pass", async () => {
    const session = await engine.load(counter());
    await expect(session.run({ x: f32([2], [1, 2]) })).rejects.toMatchObject({ code: "engine.run" });
    await expect(engine.load(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: "engine.load" });
    const graph = new Graph();
    graph.addOutput(graph.addInput("x", { dtype: "int4", dims: [2] }));
    await expect(engine.load(new Model(graph))).rejects.toMatchObject({ code: "engine.type" });
  });
});

describe("the reference engine", () => {
  it("names a missing input", () => {
    expect(() => runReference(counter(), { x: f32([2], [1, 2]) })).toThrow(
      expect.objectContaining({ code: "engine.feed" }),
    );
  });

  it("puts the node in front of what an operator says", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float32", dims: ["N"] });
    graph.addOutput(g.add(x, g.constant(f32([3], [1, 2, 3]))));
    expect(() => runReference(new Model(graph), { x: f32([2], [1, 2]) })).toThrow(
      expect.objectContaining({ where: expect.stringContaining("Add") }),
    );
  });
});
