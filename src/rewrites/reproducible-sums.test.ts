import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, numbers, sizeOf, tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { reproducibleSums } from "./reproducible-sums.ts";

function build(dims: readonly (number | string)[], write: (g: Emit, x: Value) => Value): Model {
  const graph = new Graph();
  graph.addOutput(write(new Emit(graph), graph.addInput("x", { dtype: "float32", dims })));
  return new Model(graph);
}

function random(dims: readonly number[], seed = 1) {
  const rng = new Rng(seed, "sums");
  return tensor(
    "float32",
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal() * 10 ** (4 * rng.uniform())),
  );
}

const channel = (g: Emit, ...values: number[]) => g.constant(f32([3], values));

const cases: [string, number[], (g: Emit, x: Value) => Value][] = [
  ["GlobalAveragePool", [2, 3, 8, 8], (g, x) => g.op("GlobalAveragePool", [x])],
  ["GlobalAveragePool of 7 × 5", [2, 3, 7, 5], (g, x) => g.op("GlobalAveragePool", [x])],
  ["ReduceMean over two axes", [2, 3, 6, 9], (g, x) => g.op("ReduceMean", [x, g.ints([-1, 2])], { keepdims: false })],
  ["ReduceSum that keeps the axis", [2, 3, 13], (g, x) => g.op("ReduceSum", [x, g.ints([2])])],
  ["AveragePool", [1, 3, 6, 8], (g, x) => g.op("AveragePool", [x], { kernel_shape: [2, 2], strides: [2, 2] })],
  ["AveragePool of everything", [1, 3, 6, 7], (g, x) => g.op("AveragePool", [x], { kernel_shape: [6, 7] })],
  [
    "BatchNormalization",
    [2, 3, 2, 2],
    (g, x) =>
      g.op("BatchNormalization", [
        x,
        channel(g, 1, -2, 0.5),
        channel(g, 0, 1, 2),
        channel(g, 0.1, 0.2, 0.3),
        channel(g, 1, 2, 3),
      ]),
  ],
];

describe("reproducible-sums", () => {
  const engine = new OrtEngine();

  it.each(cases)("%s: the same numbers in both engines, bit for bit", async (_, dims, write) => {
    const model = build(["N", ...dims.slice(1)], write);
    const x = random(dims);
    const name = model.graph.outputs[0]!.name;
    const before = numbers(runReference(model, { x }).outputs[name]!);
    expect(applyPasses(model, [reproducibleSums])).toBe(true);
    expect(model.graph.outputs[0]!.name).toBe(name);
    const after = numbers(runReference(model, { x }).outputs[name]!);
    for (const [i, value] of before.entries()) expect(Math.abs(after[i]! - value)).toBeLessThan(1e-5 * 10 ** 4);
    for (const optimisation of ["all", "disabled"] as const) {
      const session = await engine.load(model, { optimisation });
      const other = numbers((await session.run({ x }))[name]!);
      await session.release();
      expect(Buffer.from(other.buffer).equals(Buffer.from(after.buffer))).toBe(true);
    }
    expect(applyPasses(model, [reproducibleSums])).toBe(false);
  });

  it("treats every window, stride, padding and dilation of AveragePool", () => {
    const axis = fc.record({
      size: fc.integer({ min: 3, max: 9 }),
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      begin: fc.integer({ min: 0, max: 1 }),
      end: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(axis, { minLength: 1, maxLength: 2 }),
        fc.boolean(),
        fc.boolean(),
        (axes, ceil_mode, count_include_pad) => {
          // Padding must be smaller than the kernel, and the kernel must fit.
          fc.pre(axes.every(({ kernel, begin, end }) => begin < kernel && end < kernel));
          fc.pre(axes.every(({ size, kernel, dilation }) => (kernel - 1) * dilation < size));
          const dims = [2, 2, ...axes.map(({ size }) => size)];
          const model = build(dims, (g, x) =>
            g.op("AveragePool", [x], {
              kernel_shape: axes.map(({ kernel }) => kernel),
              strides: axes.map(({ stride }) => stride),
              dilations: axes.map(({ dilation }) => dilation),
              pads: [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
              ceil_mode,
              count_include_pad,
            }),
          );
          const x = random(dims, 3);
          const name = model.graph.outputs[0]!.name;
          const before = numbers(runReference(model, { x }).outputs[name]!);
          applyPasses(model, [reproducibleSums]);
          expect(model.graph.nodes.some(({ op }) => op === "AveragePool")).toBe(false);
          const after = numbers(runReference(model, { x }).outputs[name]!);
          for (const [i, value] of before.entries()) expect(after[i]! - value).toBeCloseTo(0, 1);
        },
      ),
      { numRuns: 100, seed: 7 },
    );
  });

  it("leaves sums over symbolic axes, and sums of integers", () => {
    const symbolic = build(["N", "T", 4], (g, x) => g.op("ReduceMean", [x, g.ints([1])]));
    expect(applyPasses(symbolic, [reproducibleSums])).toBe(false);
    const integers = build([2, 4], (g, x) => g.op("ReduceSum", [g.cast(x, "int32"), g.ints([1])]));
    expect(applyPasses(integers, [reproducibleSums])).toBe(false);
  });
});
