/** @file ONNX Runtime in its thread: held tensors, carried outputs, errors that come back as values. */

import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { f32, numbers, tensor } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Attributes } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
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

describe("an engine that has ended", () => {
  it("answers what was asked before, and refuses what is asked later", async () => {
    const own = new OrtEngine();
    const session = await own.load(counter());
    const late = session.run({ x: f32([2], [1, 2]), w: f32([2], [1, 2]) });
    const waiting = Promise.all([late, own.load(counter())]);
    await own.close();
    expect((await waiting)[0].y!.data).toEqual(Float32Array.of(2, 4));
    await expect(session.run({})).rejects.toMatchObject({ code: "engine.worker" });
    await expect(own.load(counter())).rejects.toMatchObject({ code: "engine.worker" });
    await own.close();
  });

  it("is not broken off inside a run, which would take the process with it", async () => {
    for (let i = 0; i < 5; i++) {
      const own = new OrtEngine();
      const session = await own.load(product());
      const size = 700;
      const running = session.run({ x: { dtype: "float32", dims: [size, size], data: new Float32Array(size * size) } });
      await setTimeout(3 * i);
      await own.close();
      expect((await running).y!.dims).toEqual([size, size]);
    }
  });
});

/** y = x·x·x, a run of some milliseconds. */
function product(): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: [700, 700] });
  graph.addOutput(g.matmul(g.matmul(x, x), x)).name = "y";
  return new Model(graph);
}

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

  it("gives function bodies the attributes of the call, and leaves absent what the call leaves out", () => {
    // scaled(x, low?; alpha, beta = 3) = Clip(alpha-LeakyRelu(x) · beta, low), the scaling inside a branch.
    const body = new Graph("scaled");
    const b = new Emit(body);
    const type = { dtype: "float32", dims: [2] } as const;
    const [x, low] = [body.addInput("x", type), body.addInput("low", { dtype: "float32", dims: [] })];
    const leaky = b.op("LeakyRelu", [x]);
    leaky.producer!.attributes = { alpha: { type: "reference", value: "alpha", as: 1 } };
    const branch = (name: string): Graph => {
      const inner = new Graph(name);
      const e = new Emit(inner, { scope: name });
      inner.addOutput(e.mul(leaky, e.op("Constant", [], { value_float: 0 })));
      return inner;
    };
    const branches = { then_branch: branch("then"), else_branch: branch("else") };
    const scaled = b.op("If", [b.constant(tensor("bool", [], [true]))], branches);
    for (const inner of Object.values(branches)) {
      inner.nodes[0]!.attributes = { value_float: { type: "reference", value: "beta", as: 1 } };
    }
    body.addOutput(b.op("Clip", [scaled, low]));

    const graph = new Graph();
    const [a, floor] = [graph.addInput("a", type), graph.addInput("floor", { dtype: "float32", dims: [] })];
    const call = (inputs: Value[], attributes: Attributes): Value => {
      const output = new Value(graph.freshName("y"), type);
      graph.addNode({ op: "scaled", domain: "own", inputs, outputs: [output], attributes });
      return graph.addOutput(output);
    };
    call([a], { alpha: { type: "float", value: 0.5 } });
    call([a, floor], { alpha: { type: "float", value: 0.25 }, beta: { type: "float", value: 2 } });
    const model = new Model(graph);
    model.functions.set("own.scaled", {
      domain: "own",
      name: "scaled",
      attributes: ["alpha"],
      defaults: { beta: { type: "float", value: 3 } },
      opsets: new Map([["", 26]]),
      graph: body,
      doc: "",
    });
    const { outputs } = runReference(model, { a: f32([2], [1, -2]), floor: f32([], [-0.5]) });
    expect(graph.outputs.map(({ name }) => [...numbers(outputs[name]!)])).toEqual([
      [3, -3],
      [2, -0.5],
    ]);
  });
});
