/**
 * @file One quantiser, four forms, the same float32 bits: the operator's loops, its expansion in ONNX Runtime, the grid that
 * export reads, and frozen integer codes dequantised.
 */

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { roundHalfEven } from "../../base/soft-float.ts";
import { f32, numbers, scalar, type Tensor } from "../../base/tensor.ts";
import { OrtEngine, runReference } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit } from "../../operators/index.ts";
import { gridOf } from "../../rewrites/fake-quant-nodes.ts";
import { expandFunctions, freezeWeights } from "../../rewrites/index.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

const COUNT = 24;
const CHANNELS = 3;

interface Case {
  readonly values: readonly number[];
  readonly highs: readonly number[];
  readonly low: number;
  readonly bits: number;
  readonly grid: "narrow" | "unsigned" | "affine";
  readonly mode: "frac" | "round";
  readonly perChannel: boolean;
}

const f = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map(Math.fround);

/** Elements lie anywhere, and also exactly on grid points, half-way between two of them, and at both ends. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    highs: fc.array(
      fc.tuple(f(0.5, 1), fc.integer({ min: -12, max: 12 })).map(([m, e]) => m * 2 ** e),
      { minLength: CHANNELS, maxLength: CHANNELS },
    ),
    share: f(-1, 0),
    bits: fc.integer({ min: 2, max: 8 }),
    grid: fc.constantFrom("narrow", "unsigned", "affine"),
    mode: fc.constantFrom("frac", "round"),
    perChannel: fc.boolean(),
    spots: fc.array(
      fc.oneof(
        f(-1.5, 1.5),
        fc.integer({ min: -300, max: 300 }).map((k) => k / 2), // in half steps
      ),
      { minLength: COUNT, maxLength: COUNT },
    ),
  })
  .map(({ highs, share, bits, grid, mode, perChannel, spots }) => {
    const isPerChannel = perChannel && grid === "narrow";
    const steps = 2 ** (grid === "narrow" ? bits - 1 : bits) - 1;
    const values = spots.map((spot, i) => {
      const high = highs[isPerChannel ? Math.floor(i / 4) % CHANNELS : 0]!;
      return Math.fround(Math.abs(spot) <= 1.5 && !Number.isInteger(2 * spot) ? spot * high : (spot * high) / steps);
    });
    return { values, highs, low: Math.fround(share * highs[0]!), bits, grid, mode, perChannel: isPerChannel };
  });

function build({ values, highs, low, bits, grid, mode, perChannel }: Case, isWeight: boolean) {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = f32([2, CHANNELS, 4], values);
  const input = isWeight ? graph.addInitializer("x", x) : graph.addInput("x", { dtype: "float32", dims: x.dims });
  const ranges: Tensor[] = [
    scalar("float32", bits),
    perChannel ? f32([CHANNELS], highs) : scalar("float32", highs[0]!),
  ];
  if (grid === "affine") ranges.push(scalar("float32", low));
  const constants = ranges.map((value, i) => graph.addInitializer(`c${i}`, value));
  const y = g.op("femto.FakeQuant", [input, ...constants], { grid, mode, ...(perChannel && { axis: 1 }) });
  graph.addOutput(y);
  const feeds: Record<string, Tensor> = isWeight ? {} : { x };
  return { model: new Model(graph), node: y.producer!, feeds };
}

const only = (outputs: Readonly<Record<string, Tensor>>) => Float32Array.from(numbers(Object.values(outputs)[0]!));

async function viaOrt(model: Model, feeds: Record<string, Tensor>): Promise<Float32Array> {
  const expanded = cloneModel(model);
  expandFunctions().run(expanded);
  const session = await engine.load(expanded, { keepQdq: true });
  const result = only(await session.run(feeds));
  await session.release();
  return result;
}

describe("the fake quantiser in float32", () => {
  it("operator, expansion in ONNX Runtime and exported grid agree in every bit", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (example) => {
        const { model, node, feeds } = build(example, false);
        const reference = only(runReference(model, feeds).outputs);
        const { scales, zero, least, most } = gridOf(node);
        const coded = Float32Array.from(example.values, (value, i) => {
          const scale = scales[example.perChannel ? Math.floor(i / 4) % CHANNELS : 0]!;
          const code = Math.max(least, Math.min(most, roundHalfEven(Math.fround(value / scale)) + zero));
          return Math.fround((code - zero) * scale);
        });
        expect(reference).toEqual(coded);
        expect(await viaOrt(model, feeds)).toEqual(reference);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("frozen weights are the same numbers", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (example) => {
        const { model } = build({ ...example, grid: "narrow" }, true);
        const quantised = only(runReference(model, {}).outputs);
        freezeWeights.run(model);
        const codes = model.graph.initializers.find(({ name }) => name.endsWith(".codes"))!.constant!;
        expect(codes.dtype).toBe("int8");
        const most = 2 ** (example.bits - 1) - 1;
        expect(Math.max(...numbers(codes).map(Math.abs))).toBeLessThanOrEqual(most);
        expect(only(runReference(model, {}).outputs)).toEqual(quantised);
        expect(await viaOrt(model, {})).toEqual(quantised);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
