/** @file Thermometer thresholds by their definitions, which bits are kept, bad input. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distinctBits } from "./distinct-bits.ts";
import { inverseNormal } from "./inverse-normal.ts";
import { fitThresholds, thermometerKinds } from "./thermometer.ts";

const column = [4, 1, 9, 2, 2, 7, 0, 5];

describe("fitThresholds", () => {
  it("uniform: equal steps between the extremes", () => {
    const fitted = fitThresholds(column, 1, { kind: "uniform", bits: 2, featureWise: true });
    expect(Array.from(fitted)).toEqual([3, 6]);
  });

  it("distributive: the ⌊N·i/(T+1)⌋-th value", () => {
    // Ascending 0 1 2 2 4 5 7 9; N·i/4 = 2, 4, 6.
    const fitted = fitThresholds(column, 1, { kind: "distributive", bits: 3, featureWise: true });
    expect(Array.from(fitted)).toEqual([2, 4, 7]);
  });

  it("gaussian: quantiles of a normal distribution of the same mean and spread, divisor N − 1", () => {
    const mean = 3.75;
    const std = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 7);
    const fitted = fitThresholds(column, 1, { kind: "gaussian", bits: 3, featureWise: true });
    const quartile = 0.6744897501960817;
    for (const [i, t] of [mean - quartile * std, mean, mean + quartile * std].entries()) {
      expect(fitted[i]).toBeCloseTo(t, 12);
    }
  });

  it("has thresholds for each feature, or one set for all", () => {
    const table = [0, 10, 1, 20, 2, 30, 3, 40];
    const choice = { kind: "distributive", bits: 1 } as const;
    expect(Array.from(fitThresholds(table, 2, { ...choice, featureWise: true }))).toEqual([2, 30]);
    expect(Array.from(fitThresholds(table, 2, { ...choice, featureWise: false }))).toEqual([10]);
  });

  it("thresholds ascend, whatever the kind", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.constantFrom(...thermometerKinds), fc.integer({ min: 1, max: 20 }), (x, kind, bits) => {
        const fitted = fitThresholds(x, 1, { kind, bits, featureWise: true });
        for (let i = 1; i < bits; i++) expect(fitted[i]).toBeGreaterThanOrEqual(fitted[i - 1]!);
      }),
    );
  });

  it.each([
    ["no threshold", () => fitThresholds([1], 1, { kind: "uniform", bits: 0, featureWise: true }), "option.range"],
    ["no data", () => fitThresholds([], 3, { kind: "uniform", bits: 2, featureWise: true }), "data.empty"],
    ["NaN", () => fitThresholds([1, Number.NaN], 1, { kind: "uniform", bits: 1, featureWise: true }), "data.nan"],
    ["no example differs", () => distinctBits([5, 5, 5], 1, [3], 1), "data.constant"],
  ])("%s: one message", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

it("Φ⁻¹ at quantiles of tables", () => {
  expect(inverseNormal(0.5)).toBe(0);
  expect(inverseNormal(0.975)).toBeCloseTo(1.959963984540054, 13);
  expect(inverseNormal(0.25)).toBeCloseTo(-0.6744897501960817, 13);
  expect(inverseNormal(1 - 1e-6)).toBeCloseTo(4.753424308822899, 8);
});

describe("distinctBits", () => {
  it("drops constant bits and those equal to an earlier one, on the data", () => {
    // Feature 0 with thresholds 1 and 1 (twice the same bit), feature 1 constant at 7, feature 2 as feature 0.
    const table = [0, 7, 10, 2, 7, 12, 1, 7, 11];
    const { kept, constant, equal } = distinctBits(table, 3, [1, 1, 3, 9, 11, 13], 2);
    expect(kept).toEqual([0]);
    expect({ constant, equal }).toEqual({ constant: 3, equal: 2 });
  });

  it("drops bits of which hardly an example differs, if asked", () => {
    const table = [0, 0, 0, 0, 1, 0, 1, 0, 1, 1];
    expect(distinctBits(table, 2, [0.5], 1).kept).toEqual([0, 1]);
    expect(distinctBits(table, 2, [0.5], 1, 2).kept).toEqual([0]);
  });
});
