/** @file Convolutions in blocks of channels give what plain ones give, where they apply, and leave the others alone. */

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { blockConvolutions, blockProbe } from "./blocked-convolutions.ts";
import { channelsOfBlock, OrtEngine } from "./ort.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

interface Layer {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly at: Readonly<Record<string, unknown>>;
  readonly hasBias?: boolean;
}

/** y = Conv(x, w, b), weights as inputs. */
function modelOf({ x, w, at, hasBias = false }: Layer): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const inputs = [
    graph.addInput("x", { dtype: "float32", dims: x }),
    graph.addInput("w", { dtype: "float32", dims: w }),
  ];
  if (hasBias) inputs.push(graph.addInput("b", { dtype: "float32", dims: [w[0]!] }));
  graph.addOutput(g.op("Conv", inputs, at)).name = "y";
  return new Model(graph);
}

const kindsOf = (model: Model) => model.graph.nodes.map(({ kind }) => kind);
const BLOCKED = "com.microsoft.nchwc.Conv";

function random(dims: readonly number[], seed: number): Tensor {
  const rng = new Rng(seed, "blocked");
  return tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );
}

const anyLayer: fc.Arbitrary<Layer> = fc
  .record({
    form: fc.constantFrom("whole", "grouped", "depthwise"),
    batch: fc.integer({ min: 1, max: 3 }),
    kernel: fc.constantFrom([3, 3], [1, 2], [5, 1], [2, 3]),
    size: fc.tuple(fc.integer({ min: 9, max: 12 }), fc.integer({ min: 9, max: 12 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 4, maxLength: 4 }),
    hasBias: fc.boolean(),
  })
  .map(({ form, batch, kernel, size, hasBias, ...at }) => {
    const group = form === "whole" ? 1 : form === "grouped" ? 2 : 32;
    return { x: [batch, 32, ...size], w: [32, 32 / group, ...kernel], at: { group, ...at }, hasBias };
  });

describe("blocked convolutions", () => {
  it("give what plain ones give, up to rounding: whole, grouped, depthwise; any stride, dilation and padding", async () => {
    await fc.assert(
      fc.asyncProperty(anyLayer, async (layer) => {
        const model = modelOf(layer);
        const feeds = { x: random(layer.x, 1), w: random(layer.w, 2), ...(layer.hasBias && { b: random([32], 3) }) };
        const [plain, blocked] = [await engine.load(model), await engine.load(model, { layout: "blocked" })];
        const [expected, actual] = [(await plain.run(feeds)).y!, (await blocked.run(feeds)).y!];
        await Promise.all([plain.release(), blocked.release()]);
        expect(actual.dims).toEqual(expected.dims);
        const [u, v] = [numbers(expected), numbers(actual)];
        for (let i = 0; i < u.length; i++) expect(Math.abs(u[i]! - v[i]!)).toBeLessThanOrEqual(1e-4);
        const copy = cloneModel(model);
        blockConvolutions(copy, 8);
        expect(kindsOf(copy)).toContain(BLOCKED);
      }),
      { numRuns: 25 },
    );
  });

  it("are what they were where ONNX Runtime does not know the layout, as on most ARM processors", async () => {
    expect(await channelsOfBlock(engine, blockProbe("example.of.no.runtime"))).toBe(1);
    const model = modelOf({ x: [1, 16, 4, 4], w: [16, 16, 3, 3], at: {} });
    blockConvolutions(model, 1);
    expect(kindsOf(model)).toEqual(["Conv"]);
  });

  const stays: [string, Layer][] = [
    ["a kernel of one element", { x: [1, 16, 4, 4], w: [16, 16, 1, 1], at: {} }],
    ["few input channels", { x: [1, 3, 4, 4], w: [16, 3, 3, 3], at: {} }],
    ["output channels that are no whole blocks", { x: [1, 16, 4, 4], w: [12, 16, 3, 3], at: {} }],
    ["groups that are no whole blocks", { x: [1, 16, 4, 4], w: [16, 4, 3, 3], at: { group: 4 } }],
    ["one axis", { x: [1, 16, 9], w: [16, 16, 3], at: {} }],
    ["padding by name", { x: [1, 16, 4, 4], w: [16, 16, 3, 3], at: { auto_pad: "SAME_UPPER" } }],
  ];
  it.each(stays)("leaves %s", (_, layer) => {
    const model = modelOf(layer);
    blockConvolutions(model, 8);
    expect(kindsOf(model)).toEqual(["Conv"]);
  });

  it("leaves constant weights, which ONNX Runtime lays out once and for all", () => {
    const model = modelOf({ x: [1, 16, 4, 4], w: [16, 16, 3, 3], at: {} });
    const [weight] = model.graph.inputs.splice(1, 1);
    weight!.constant = random([16, 16, 3, 3], 1);
    model.graph.initializers.push(weight!);
    blockConvolutions(model, 8);
    expect(kindsOf(model)).toEqual(["Conv"]);
  });

  it("lays out once what several convolutions read", () => {
    const graph = new Graph();
    const g = new Emit(graph);
    const x = graph.addInput("x", { dtype: "float32", dims: [1, 16, 6, 6] });
    for (const name of ["v", "w"]) {
      graph.addOutput(g.op("Conv", [x, graph.addInput(name, { dtype: "float32", dims: [16, 16, 3, 3] })]));
    }
    const model = new Model(graph);
    inferModel(model);
    blockConvolutions(model, 8);
    expect(kindsOf(model).filter((kind) => kind === "com.microsoft.nchwc.ReorderInput")).toHaveLength(1);
    expect(kindsOf(model).filter((kind) => kind === BLOCKED)).toHaveLength(2);
  });
});
