/** @file All lowerings of Conv's gradients give the same numbers, for any window, with a symbolic batch, and twice over. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { gradients } from "../gradient/index.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { inputLowerings } from "./conv-input-gradient.ts";
import { chooseLowering } from "./conv-lowering.ts";
import { weightLowerings } from "./conv-weight-gradient.ts";
import { Emit } from "./index.ts";

interface Layer {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly at: {
    readonly group: number;
    readonly strides: readonly number[];
    readonly dilations: readonly number[];
    readonly pads: readonly number[];
  };
}

interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
  readonly rest: number;
}

const anyAxis: fc.Arbitrary<Axis> = fc.record({
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  begin: fc.integer({ min: 0, max: 2 }),
  end: fc.integer({ min: 0, max: 2 }),
  rest: fc.integer({ min: 0, max: 4 }),
});

/** A layer whose kernel fits. */
function layerOf(axes: readonly Axis[], batch: number, group: number, inputs: number, outputs: number): Layer {
  const sizes = axes.map(
    ({ kernel, dilation, begin, end, rest }) => Math.max(1, (kernel - 1) * dilation + 1 - begin - end) + rest,
  );
  return {
    x: [batch, group * inputs, ...sizes],
    w: [group * outputs, inputs, ...axes.map(({ kernel }) => kernel)],
    at: {
      group,
      strides: axes.map(({ stride }) => stride),
      dilations: axes.map(({ dilation }) => dilation),
      pads: [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
    },
  };
}

/** One to three spatial axes, ordinary, grouped or depthwise. */
const anyLayer: fc.Arbitrary<Layer> = fc
  .record({
    axes: fc.array(anyAxis, { minLength: 1, maxLength: 3 }),
    batch: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ axes, batch, group, inputs, outputs }) => layerOf(axes, batch, group, inputs, outputs));

/** Depthwise over two axes, with whole blocks of channels in the batch. */
const anyDepthwise: fc.Arbitrary<Layer> = fc
  .tuple(anyAxis, anyAxis, fc.constantFrom([2, 8], [4, 4], [1, 16]))
  .map(([a, b, [batch, group]]) => layerOf([a, b], batch!, group!, 1, 1));

const random = (dims: readonly number[], seed: number): Tensor => {
  const rng = new Rng(seed, "lowerings");
  return tensor(
    "float64",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );
};

/** y, ∂L/∂x and ∂L/∂w for L = Σ y², with forced lowerings; the batch is a symbol unless it is said. */
function run(layer: Layer, lowerings: Record<string, string>, batch: Dim = "N"): { y: Tensor; dx: Tensor; dw: Tensor } {
  const graph = new Graph("layer");
  const x = graph.addInput("x", { dtype: "float64", dims: [batch, ...layer.x.slice(1)] });
  const w = graph.addInput("w", { dtype: "float64", dims: layer.w });
  const g = new Emit(graph, { lowerings });
  const y = g.op("Conv", [x, w], layer.at);
  const rank = layer.x.length;
  const loss = g.sum(
    g.mul(y, y),
    Array.from({ length: rank }, (_, axis) => axis),
  );
  graph.outputs.push(y, ...gradients(g, loss, [x, w]));
  const model = new Model(graph);
  verifyModel(model);
  const { outputs } = runReference(model, { x: random(layer.x, 1), w: random(layer.w, 2) });
  const [value, dx, dw] = graph.outputs.map((output) => outputs[output.name]!);
  return { y: value!, dx: dx!, dw: dw! };
}

function dot(a: Tensor, b: Tensor): number {
  const [u, v] = [numbers(a), numbers(b)];
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i]! * v[i]!;
  return sum;
}

function expectClose(a: Tensor, b: Tensor): void {
  expect(a.dims).toEqual(b.dims);
  const [u, v] = [numbers(a), numbers(b)];
  for (let i = 0; i < v.length; i++) expect(Math.abs(u[i]! - v[i]!)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(v[i]!)));
}

describe("lowerings of Conv's gradients", () => {
  it("satisfy Σ dx·x = Σ dw·w = 2·Σ y², and agree with each other", () => {
    fc.assert(
      fc.property(anyLayer, (layer) => {
        const chosen = run(layer, {});
        const [x, w] = [random(layer.x, 1), random(layer.w, 2)];
        const energy = 2 * dot(chosen.y, chosen.y);
        expect(Math.abs(dot(chosen.dx, x) - energy)).toBeLessThanOrEqual(1e-9 * (1 + energy));
        expect(Math.abs(dot(chosen.dw, w) - energy)).toBeLessThanOrEqual(1e-9 * (1 + energy));
        for (const lowering of inputLowerings(layer.at.strides)) {
          expectClose(run(layer, { "Conv.dX": lowering }).dx, chosen.dx);
        }
        for (const lowering of weightLowerings(layer.w, layer.at.group, "N")) {
          expectClose(run(layer, { "Conv.dW": lowering }).dw, chosen.dw);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("agree for depthwise layers whose batch is a number, the form with one image among them", () => {
    fc.assert(
      fc.property(anyDepthwise, (layer) => {
        const batch = layer.x[0]!;
        const chosen = run(layer, { "Conv.dW": "conv" });
        const possible = weightLowerings(layer.w, layer.at.group, batch);
        expect(possible).toContain("planes");
        for (const lowering of possible) expectClose(run(layer, { "Conv.dW": lowering }, batch).dw, chosen.dw);
      }),
      { numRuns: 30 },
    );
  });

  it("are chosen by shape: im2col for one input channel, a volume inside, products of shifts for one tap", () => {
    const shape = (w: number[], out: number[], group = 1) => ({
      w,
      out: [64, w[0]!, ...out],
      window: { strides: [1, 1] },
      group,
    });
    const all = ["conv", "volume", "shifts", "im2col"];
    expect(chooseLowering("dW", shape([64, 32, 3, 3], [28, 28]), all)).toBe("volume");
    expect(chooseLowering("dW", shape([32, 1, 3, 3], [28, 28]), all)).toBe("im2col");
    expect(chooseLowering("dW", shape([128, 64, 1, 1], [14, 14]), all)).toBe("shifts");
    expect(chooseLowering("dX", shape([16, 16, 3, 3], [32, 32]))).toBe("flip");
    expect(chooseLowering("dX", shape([64, 1, 3, 3], [28, 28]))).toBe("transpose");
  });
});
