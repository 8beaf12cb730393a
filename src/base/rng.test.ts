/** @file The generator against an independent C program, and the laws of what is drawn from it. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "./rng.ts";

describe("Rng", () => {
  it("is xoshiro128** (values of the authors' C code from state 1, 2, 3, 4)", () => {
    const rng = Rng.fromState([1, 2, 3, 4]);
    const first = Array.from({ length: 8 }, () => rng.uint32());
    expect(first).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849]);
    for (let i = 8; i < 999; i++) rng.uint32();
    expect(rng.uint32()).toBe(3170714187);
  });

  it("repeats for a seed, and differs between seeds and streams", () => {
    const draw = (seed: number, stream?: string) => {
      const rng = new Rng(seed, stream);
      return Array.from({ length: 4 }, () => rng.uint32()).join();
    };
    expect(draw(7, "a")).toBe(draw(7, "a"));
    const all = [draw(7), draw(8), draw(7 + 2 ** 32), draw(7, "a"), draw(7, "b")];
    expect(new Set(all).size).toBe(all.length);
  });

  it("draws integers below any bound, all of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.integer(), (bound, seed) => {
        const value = new Rng(seed).below(bound);
        expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true);
      }),
    );
    const rng = new Rng(1);
    const counts = new Array(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[rng.below(6)]++;
    // Five standard deviations of a binomial count.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
  });

  it("draws normal numbers with mean 0 and variance 1", () => {
    const rng = new Rng(3);
    const values = Array.from({ length: 50_000 }, () => rng.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.025);
    expect(Math.abs(variance - 1)).toBeLessThan(0.035);
  });

  it("permutes: every index once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (count, seed) => {
        const order = new Rng(seed).permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});
