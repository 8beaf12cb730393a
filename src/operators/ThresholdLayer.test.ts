/** @file femto.ThresholdLayer: units as the tables that they become, and their straight-through slopes. */

import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, i64, numbers, reshaped, type Tensor } from "../base/tensor.ts";
import { slopesOf } from "./lut-graphs.fixture.ts";
import { unitSums } from "./ThresholdLayer.ts";

const rng = new Rng(4, "threshold units");
const draw = (dims: number[], next: () => number): Tensor =>
  f32(dims, Array.from({ length: dims.reduce((a, b) => a * b) }, next));
const [SAMPLES, FEATURES, UNITS, INPUTS] = [40, 9, 7, 4];
const x = draw([SAMPLES, FEATURES], () => rng.below(2));
const weights = draw([UNITS, INPUTS + 1], () => rng.normal());
const mapping = reshaped(i64(Array.from({ length: UNITS * INPUTS }, () => rng.below(FEATURES))), [UNITS, INPUTS]);
const dy = draw([SAMPLES, UNITS], () => rng.normal());

describe("femto.ThresholdLayer", () => {
  it("is the table of what its units say at every address", () => {
    const entries = Array.from({ length: UNITS }, (_, j) => {
      const sumOf = unitSums(numbers(weights).subarray(j * (INPUTS + 1), (j + 1) * (INPUTS + 1)));
      return Array.from({ length: 2 ** INPUTS }, (_, address) => sumOf(address));
    });
    const tables = f32([UNITS, 2 ** INPUTS], entries.flat());
    const own = slopesOf("femto.ThresholdLayer", [x, weights, mapping], dy);
    const looked = slopesOf("femto.LutLayer", [x, tables, mapping], dy);
    expect(numbers(own.y)).toEqual(numbers(looked.y));
    const ones = Array.from(numbers(own.y)).reduce((sum, bit) => sum + bit, 0);
    expect(ones).toBeGreaterThan(0.2 * SAMPLES * UNITS);
    expect(ones).toBeLessThan(0.8 * SAMPLES * UNITS);
  });

  it("learns straight through a window with the area of the step", () => {
    const window = 0.8;
    const { slopes } = slopesOf("femto.ThresholdLayer", [x, weights, mapping], dy, { window });
    const [bits, w, wires, g] = [x, weights, mapping, dy].map(numbers) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const dx = new Float64Array(SAMPLES * FEATURES);
    const dw = new Float64Array(UNITS * (INPUTS + 1));
    for (let m = 0; m < SAMPLES; m++) {
      for (let j = 0; j < UNITS; j++) {
        const row = w.subarray(j * (INPUTS + 1), (j + 1) * (INPUTS + 1));
        const places = wires.subarray(j * INPUTS, (j + 1) * INPUTS);
        const signs = Array.from(places, (feature) => 2 * bits[m * FEATURES + feature]! - 1);
        const v = signs.reduce((sum, s, k) => sum + s * row[k]!, row[INPUTS]!);
        const dv = Math.abs(v) < window ? g[m * UNITS + j]! / (2 * window) : 0;
        dw[j * (INPUTS + 1) + INPUTS]! += dv;
        for (const [k, s] of signs.entries()) {
          dw[j * (INPUTS + 1) + k]! += s * dv;
          dx[m * FEATURES + places[k]!]! += 2 * row[k]! * dv;
        }
      }
    }
    for (const [i, slope] of numbers(slopes[0]!).entries()) expect(slope).toBeCloseTo(dx[i]!, 5);
    for (const [i, slope] of numbers(slopes[1]!).entries()) expect(slope).toBeCloseTo(dw[i]!, 4);
  });

  it.each([
    ["weights of another shape than the mapping", [x, draw([UNITS, INPUTS], () => 0), mapping], "shape.units"],
    ["features that are not one for each input", [x, weights], "shape.units"],
    ["a feature that is not there", [draw([2, 3], () => 0), weights, mapping], "data.index"],
  ])("refuses %s", (_, inputs, code) => {
    expect(() => slopesOf("femto.ThresholdLayer", inputs as Tensor[], dy)).toThrow(expect.objectContaining({ code }));
  });
});
