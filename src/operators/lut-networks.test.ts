/** @file The other operators of LUT networks: checks 5, 7 and 9 of the QuWeiT sheet, straight-through slopes, gates, bad input. */

import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, i64, numbers, reshaped, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { gatePolynomials } from "./GateLayer.ts";
import { Emit } from "./index.ts";
import { onesIn } from "./lut-difference.ts";
import { evaluated, slopesOf } from "./lut-graphs.fixture.ts";
import { spectralEnergy, totalInfluence, walsh } from "./lut-regularisers.ts";

const rng = new Rng(5, "lut networks");
const uniform = (...dims: number[]): Tensor =>
  f32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 2 * rng.uniform() - 1),
  );
const bits = (...dims: number[]): Tensor =>
  f32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => rng.below(2)),
  );

describe("regularisers", () => {
  it("check 5: Walsh coefficients of AND and XOR; squares add up to the mean of U²", () => {
    expect(Array.from(walsh([-1, -1, -1, 1]))).toEqual([-0.5, 0.5, 0.5, 0.5]);
    expect(Array.from(walsh([-1, 1, 1, -1]))).toEqual([0, 0, 0, -1]);
    for (let n = 1; n <= 8; n++) {
      const table = numbers(uniform(2 ** n));
      const squares = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v * v, 0);
      expect(squares(walsh(table))).toBeCloseTo(squares(table) / 2 ** n, 12);
    }
  });

  it("the spectral form is decay of the entries, total influence is Σ|S|·Û(S)²", () => {
    const tables = uniform(5, 16);
    const spectra = Array.from({ length: 5 }, (_, j) => walsh(numbers(tables).subarray(16 * j, 16 * j + 16)));
    const sum = (weight: (set: number) => number) =>
      spectra.reduce((all, s) => all + s.reduce((own, u, set) => own + weight(set) * u * u, 0), 0);
    expect(evaluated(spectralEnergy, tables)).toBeCloseTo(
      sum(() => 1),
      10,
    );
    expect(evaluated(totalInfluence, tables)).toBeCloseTo(sum(onesIn), 10);
  });
});

describe("femto.LearnedMapping", () => {
  it("check 7: at τ → 0 ∂L/∂x is a scatter-add through the argmax, with and without candidates", () => {
    const [samples, features, slots] = [4, 6, 8];
    const x = bits(samples, features);
    const dy = uniform(samples, slots);
    const candidates = reshaped(i64([0, 1, 2, 2, 4, 5, 5, 3, 1, 0, 0, 0]), [4, 3]);
    for (const named of [undefined, candidates]) {
      const width = named === undefined ? features : 3;
      const order = new Rng(9, "scores").permutation(slots * width);
      const scores = f32([slots, width], Array.from(order));
      const { slopes, y } = slopesOf("femto.LearnedMapping", [x, scores, ...(named ? [named] : [])], dy, {
        temperature: 1e-4,
      });
      const expected = new Float64Array(samples * features);
      for (let q = 0; q < slots; q++) {
        const own = Array.from(numbers(scores).subarray(q * width, (q + 1) * width));
        const best = own.indexOf(Math.max(...own));
        const feature = named === undefined ? best : numbers(named)[Math.floor(q / 2) * 3 + best]!;
        for (let m = 0; m < samples; m++) {
          expected[m * features + feature]! += numbers(dy)[m * slots + q]!;
          expect(numbers(y)[m * slots + q]).toBe(numbers(x)[m * features + feature]);
        }
      }
      for (const [i, slope] of numbers(slopes[0]!).entries()) expect(slope).toBeCloseTo(expected[i]!, 9);
    }
  });

  it("∂L/∂S = dy·(2x − 1)ᵀ, by products of groups and by the product of all", () => {
    const [samples, features, slots] = [5, 6, 32];
    const x = bits(samples, features);
    const dy = uniform(samples, slots);
    for (const groups of [2, 32]) {
      const candidates = reshaped(i64(Array.from({ length: groups * 3 }, () => rng.below(features))), [groups, 3]);
      const { slopes } = slopesOf("femto.LearnedMapping", [x, uniform(slots, 3), candidates], dy);
      for (let q = 0; q < slots; q++) {
        for (let c = 0; c < 3; c++) {
          const feature = numbers(candidates)[Math.floor((q * groups) / slots) * 3 + c]!;
          let expected = 0;
          for (let m = 0; m < samples; m++) {
            expected += (2 * numbers(x)[m * features + feature]! - 1) * numbers(dy)[m * slots + q]!;
          }
          expect(numbers(slopes[1]!)[q * 3 + c]).toBeCloseTo(expected, 9);
        }
      }
    }
  });
});

describe("femto.Thermometer", () => {
  it("learns straight through: ∂b/∂x = 1 and ∂b/∂t = −1 within the clip, nothing beyond", () => {
    const x = f32([2, 1], [0.3, 2.5]);
    const thresholds = f32([1, 3], [0, 1, 2]);
    const { slopes } = slopesOf("femto.Thermometer", [x, thresholds], f32([2, 3], [1, 10, 100, 1000, 1e4, 1e5]));
    // 0.3 is within 1 of 0 and 1; 2.5 within 1 of 2 alone.
    expect(Array.from(numbers(slopes[0]!))).toEqual([11, 1e5]);
    expect(Array.from(numbers(slopes[1]!))).toEqual([-1, -10, -1e5]);
  });

  it("shares thresholds among features and stands on either axis", () => {
    const x = uniform(3, 4);
    const dy = uniform(3, 8);
    const shared = slopesOf("femto.Thermometer", [x, f32([2], [-0.2, 0.4])], dy, { clip: 0.5 });
    const each = slopesOf("femto.Thermometer", [x, f32([4, 2], [-0.2, 0.4, -0.2, 0.4, -0.2, 0.4, -0.2, 0.4])], dy, {
      clip: 0.5,
    });
    expect(numbers(shared.y)).toEqual(numbers(each.y));
    expect(numbers(shared.slopes[0]!)).toEqual(numbers(each.slopes[0]!));
    for (let i = 0; i < 2; i++) {
      const sum = [0, 1, 2, 3].reduce((all, f) => all + numbers(each.slopes[1]!)[2 * f + i]!, 0);
      expect(numbers(shared.slopes[1]!)[i]).toBeCloseTo(sum, 12);
    }
  });
});

describe("femto.ConditionalSum", () => {
  it("check 9: of all ones it is the column sums of E; int8 vectors add up to the float sums within rounding", () => {
    const e = uniform(200, 12);
    const run = (z: Tensor) => slopesOf("femto.ConditionalSum", [z, e], f32([1, 12], new Array(12).fill(0))).y;
    const ones = numbers(run(f32([1, 200], new Array(200).fill(1))));
    const z = bits(1, 200);
    const sums = numbers(run(z));
    const scale = Math.max(...numbers(e).map(Math.abs)) / 127;
    for (let d = 0; d < 12; d++) {
      let [all, whole] = [0, 0];
      for (let i = 0; i < 200; i++) {
        all += numbers(e)[12 * i + d]!;
        if (numbers(z)[i]! === 1) whole += Math.round(numbers(e)[12 * i + d]! / scale);
      }
      expect(ones[d]).toBeCloseTo(all, 12);
      const added = Array.from(numbers(z)).reduce((n, bit) => n + bit, 0);
      expect(Math.abs(whole * scale - sums[d]!)).toBeLessThanOrEqual((added * scale) / 2);
    }
  });
});

describe("femto.GateLayer", () => {
  it("of a single gate is its truth table at the corners", () => {
    for (let gate = 0; gate < 16; gate++) {
      const [one, a, b, ab] = gatePolynomials.slice(4 * gate, 4 * gate + 4) as [number, number, number, number];
      for (let address = 0; address < 4; address++) {
        const [x, y] = [address & 1, address >> 1];
        expect(one + a * x + b * y + ab * x * y).toBe((gate >> address) & 1);
      }
    }
  });
});

describe("what does not fit ends in one message", () => {
  const run = (kind: string, inputs: readonly Tensor[], attributes: object = {}) => {
    const g = new Emit(new Graph());
    const values = inputs.map((t, i) => g.graph.addInitializer(`in${i}`, t));
    g.graph.addOutput(g.op(kind, values, { ...attributes }));
    return runReference(new Model(g.graph), {});
  };
  const x = f32([1, 2], [0, 1]);
  it.each([
    ["thresholds that are not fitted", () => run("femto.Thermometer", [x, f32([1], [Number.NaN])]), "data.nan"],
    ["an input that is NaN", () => run("femto.Thermometer", [f32([1, 1], [Number.NaN]), f32([1], [0])]), "data.nan"],
    ["thresholds of other features", () => run("femto.Thermometer", [x, f32([3, 1], [0, 0, 0])]), "shape.thresholds"],
    ["no threshold", () => run("femto.Thermometer", [x, f32([2, 0], [])]), "shape.thresholds"],
    [
      "groups that do not divide",
      () => run("femto.GroupSum", [f32([1, 5], [1, 1, 1, 1, 1])], { groups: 2 }),
      "shape.groups",
    ],
    ["no group", () => run("femto.GroupSum", [x], { groups: 0 }), "attribute.range"],
    ["τ of 0", () => run("femto.GroupSum", [x], { groups: 1, tau: 0 }), "attribute.range"],
    ["scores of other features", () => run("femto.LearnedMapping", [x, uniform(4, 3)]), "shape.scores"],
    [
      "groups of candidates that do not divide the slots",
      () => run("femto.LearnedMapping", [x, uniform(4, 2), tensor("int64", [3, 2], [0, 1, 0, 1, 0, 1])]),
      "shape.candidates",
    ],
    [
      "a candidate that is not there",
      () => run("femto.LearnedMapping", [x, uniform(4, 2), tensor("int64", [1, 2], [0, 2])]),
      "data.index",
    ],
    ["vectors for other bits", () => run("femto.ConditionalSum", [x, uniform(3, 4)]), "shape.inner"],
    [
      "sums of what is no bit",
      () => run("femto.ConditionalSum", [f32([1, 1], [0.5]), uniform(1, 4)], { strict: true }),
      "data.bits",
    ],
    ["gates of three inputs", () => run("femto.GateLayer", [uniform(1, 3), uniform(1, 16)]), "shape.gates"],
    ["features in the middle", () => run("femto.GroupSum", [uniform(1, 2, 3)], { groups: 2, axis: 1 }), "shape.axis"],
  ])("%s", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
