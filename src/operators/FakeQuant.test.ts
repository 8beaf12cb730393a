/** @file The fake quantiser as graph and as operator against the plain formulas of `formats/`, value and every derivative. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { fakeQuant } from "../formats/index.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { expandFunctions } from "../rewrites/index.ts";
import { Emit } from "./index.ts";

type Grid = "narrow" | "unsigned" | "affine";
type Mode = "frac" | "real" | "round";

interface Result {
  readonly y: number;
  readonly dx: number;
  readonly dq: number;
  readonly dhigh: number;
  readonly dlow: number;
}

/** x̂ and the derivatives of Σx̂ for one element, through the emitted graph, in float64. */
function viaGraph(x: number, q: number, high: number, low: number, grid: Grid, mode: Mode, how: object = {}): Result {
  const graph = new Graph();
  const g = new Emit(graph);
  const type = { dtype: "float64", dims: [] } as const;
  const inputs = ["q", "high", "low"].map((name) => graph.addInput(name, type));
  const value = graph.addInput("x", { dtype: "float64", dims: [1] });
  const used = grid === "affine" ? inputs : inputs.slice(0, 2);
  const y = g.op("femto.FakeQuant", [value, ...used], { grid, mode, ...how });
  const slopes = gradients(g, g.sum(y, [0]), [value, ...inputs]);
  for (const output of [y, ...slopes]) graph.addOutput(output);
  const model = new Model(graph);
  expandFunctions().run(model);
  const feeds: Record<string, Tensor> = { x: tensor("float64", [1], [x]) };
  for (const [name, number] of Object.entries({ q, high, low })) feeds[name] = scalar("float64", number);
  const { outputs } = runReference(model, feeds);
  const [yOut, dx, dq, dhigh, dlow] = model.graph.outputs.map((output) => numbers(outputs[output.name]!)[0]!);
  return { y: yOut!, dx: dx!, dq: dq!, dhigh: dhigh!, dlow: dlow! };
}

const settings = fc.record({
  x: fc.double({ min: -2, max: 2, noNaN: true }),
  q: fc.double({ min: 2.01, max: 7.95, noNaN: true }),
  high: fc.double({ min: 0.3, max: 1.5, noNaN: true }),
  low: fc.double({ min: -1.5, max: -0.1, noNaN: true }),
  grid: fc.constantFrom<Grid>("narrow", "unsigned", "affine"),
});

describe("femto.FakeQuant", () => {
  it.each<Mode>(["frac", "round", "real"])("%s: value and derivatives are those of the formulas", (mode) => {
    fc.assert(
      fc.property(settings, ({ x, q, high, low, grid }) => {
        const bits = mode === "round" ? Math.round(q) : q;
        const expected = fakeQuant(x, { grid, mode, q: bits, high, ...(grid === "affine" && { low }) });
        // On a rounding tie or at the very edge of the range a last-bit difference may take the other side.
        const near = (shift: number) =>
          fakeQuant(x + shift, { grid, mode, q: bits, high, ...(grid === "affine" && { low }) });
        const [a, b] = [near(-1e-9), near(1e-9)];
        fc.pre(Math.abs(a.xq - b.xq) < 1e-6 && a.mask === b.mask);
        const actual = viaGraph(x, bits, high, low, grid, mode);
        expect(actual.y).toBeCloseTo(expected.xq, 6);
        expect(actual.dx).toBe(expected.mask ? 1 : 0);
        expect(actual.dq).toBeCloseTo(expected.dxdq, 5);
        // Between the ends of two affine grids, whose zero points differ, only one of the copies is clipped.
        if (mode !== "frac" || grid !== "affine") {
          expect(actual.dhigh).toBeCloseTo(expected.dxdhigh, 5);
          if (grid === "affine") expect(actual.dlow).toBeCloseTo(expected.dxdlow, 5);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each<Mode>(["frac", "round", "real"])("%s, naive: the code is held constant, so that x̂ shrinks with Δ", (mode) => {
    fc.assert(
      fc.property(settings, ({ x, q, high, low, grid }) => {
        const { y, dq } = viaGraph(x, q, high, low, grid, mode, { bit_gradient: "naive" });
        const power = 2 ** (grid === "narrow" ? q - 1 : q);
        expect(dq).toBeCloseTo((-Math.LN2 * power * y) / (power - 1), 6);
      }),
      { numRuns: 50 },
    );
  });

  it("pact: a range learns from what it clips alone", () => {
    fc.assert(
      fc.property(settings, fc.constantFrom<Mode>("round", "real"), ({ x, q, high, low, grid }, mode) => {
        const slopes = viaGraph(x, Math.round(q), high, low, grid, mode, { range_gradient: "pact" });
        const lsq = viaGraph(x, Math.round(q), high, low, grid, mode);
        const isInside = lsq.dx === 1;
        expect(slopes.dhigh).toBeCloseTo(isInside ? 0 : lsq.dhigh, 9);
        if (grid === "affine") expect(slopes.dlow).toBeCloseTo(isInside ? 0 : lsq.dlow, 9);
        expect(slopes.dq).toBe(lsq.dq);
      }),
      { numRuns: 50 },
    );
  });

  it("gives the same bits in all modes at whole bit-widths", () => {
    const x = f32(
      [200],
      Array.from({ length: 200 }, (_, i) => Math.sin(i * 1.7) * 1.3),
    );
    for (const grid of ["narrow", "unsigned", "affine"] as const) {
      for (const q of [2, 3, 4, 5, 6, 7]) {
        const run = (mode: Mode) => {
          const graph = new Graph();
          const ranges = [scalar("float32", q), scalar("float32", 1.1), scalar("float32", -0.7)];
          const values = ranges.map((value, i) => graph.addInitializer(`c${i}`, value));
          const input = graph.addInput("x", { dtype: "float32", dims: [200] });
          const used = grid === "affine" ? values : values.slice(0, 2);
          graph.addOutput(new Emit(graph).op("femto.FakeQuant", [input, ...used], { grid, mode }));
          return runReference(new Model(graph), { x }).outputs[graph.outputs[0]!.name]!.data;
        };
        expect(run("frac")).toEqual(run("round"));
        expect(run("real")).toEqual(run("round"));
      }
    }
  });

  it("turns a tensor of zeros into zeros", () => {
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: [3] });
    const g = new Emit(graph);
    graph.addOutput(g.op("femto.FakeQuant", [x, g.scalar(x, 4), g.scalar(x, 1e-12)], { mode: "round" }));
    const { outputs } = runReference(new Model(graph), { x: f32([3], [0, 0, 0]) });
    expect(Array.from(numbers(outputs[graph.outputs[0]!.name]!))).toEqual([0, 0, 0]);
  });
});
