/** @file Learning rates at the places where they turn. */

import { describe, expect, it } from "vitest";
import { chooseSchedule, constant, cosine, hasStalled, type Moment, stepped, warmUp } from "./index.ts";

const at = (step: number, more: Partial<Moment> = {}): Moment => ({ step, steps: 100, stepsPerEpoch: 10, ...more });

describe("schedules", () => {
  it("stepped falls at the first step of every so many epochs", () => {
    const rate = stepped(1, { every: 3, factor: 0.5 });
    expect([0, 29, 30, 59, 60, 99].map((step) => rate(at(step)))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125]);
  });

  it("cosine begins at the rate, is half way in the middle, and ends at the least", () => {
    const rate = cosine(2, 0.4);
    expect(rate(at(0))).toBe(2);
    expect(rate(at(50))).toBeCloseTo(1.2, 12);
    expect(rate(at(100))).toBeCloseTo(0.4, 12);
    const values = Array.from({ length: 100 }, (_, step) => rate(at(step)));
    expect(values.every((value, i) => i === 0 || value < values[i - 1]!)).toBe(true);
    expect(values.at(-1)!).toBeGreaterThan(0.4);
  });

  it("warm-up climbs in equal steps to the rate, and leaves the rest alone", () => {
    const rate = warmUp(2, constant(0.8));
    expect([0, 9, 18].map((step) => rate(at(step)))).toEqual([0.04, 0.4, 0.76].map((v) => expect.closeTo(v, 12)));
    expect([19, 20, 99].map((step) => rate(at(step)))).toEqual([0.8, 0.8, 0.8]);
    expect(warmUp(1, cosine(1))(at(50))).toBe(cosine(1)(at(50)));
    expect(warmUp(0, constant(0.8))(at(0))).toBe(0.8);
  });

  it("are found by name, with warm-up in front", () => {
    const choice = { rate: 1, step: { every: 2, factor: 0.1 }, warmup: 0 } as const;
    const at50 = (["constant", "cosine", "step"] as const).map((schedule) =>
      chooseSchedule({ ...choice, schedule })(at(50)),
    );
    expect(at50).toEqual([1, 0.5, 0.01].map((v) => expect.closeTo(v, 12)));
    expect(chooseSchedule({ ...choice, schedule: "step", warmup: 1 })(at(4))).toBe(0.5);
  });
});

describe("a loss has stalled", () => {
  it("where none of the last is below the least before", () => {
    expect(hasStalled([3, 2, 2.5], 2)).toBe(false);
    expect(hasStalled([3, 2, 2.5, 2.1], 2)).toBe(true);
    expect(hasStalled([3, 2, 2.5, 2, 1.9], 3)).toBe(false);
    expect(hasStalled([3, 2, 2], 1)).toBe(true);
    expect(hasStalled([1], 1)).toBe(false);
  });
});
