import { describe, expect, test } from "vitest";
import { bitsOfLogit, bitsSlope, logitOfBits } from "./learned-bits.ts";

const range = { min: 2, max: 8 };

describe("learned bits (EQAT equations 13 and 14)", () => {
  // Sheet, check 9; gap 11 for 7.9 and 7.99
  test.each([
    [7.5, 2.397895, 0.458333],
    [6, Math.LN2, 1.333333],
    [5, 0, 1.5],
    [7.9, Math.log(59), 0.0983],
  ])("q = %d is q̃ = %d with slope %d", (q, logit, slope) => {
    expect(logitOfBits(q, range)).toBeCloseTo(logit, 6);
    expect(bitsOfLogit(logitOfBits(q, range), range)).toBeCloseTo(q, 12);
    expect(bitsSlope(logitOfBits(q, range), range)).toBeCloseTo(slope, 4);
  });

  test("the slope is the derivative", () => {
    for (const logit of [-3, -0.5, 0, 1, 2.4]) {
      const h = 1e-6;
      const numeric = (bitsOfLogit(logit + h, range) - bitsOfLogit(logit - h, range)) / (2 * h);
      expect(bitsSlope(logit, range)).toBeCloseTo(numeric, 8);
    }
  });

  test.each([8, 7.95, 2, 2.05, 9, Number.NaN])("a start at %d is refused", (q) => {
    expect(() => logitOfBits(q, range)).toThrow(expect.objectContaining({ code: "option.range" }));
  });

  test.each([
    { min: 8, max: 2 },
    { min: 4, max: 4 },
    { min: 0.5, max: 8 },
    { min: 2, max: 17 },
    { min: 2, max: Number.NaN },
  ])("the range $min to $max is refused", (bad) => {
    expect(() => logitOfBits(5, bad)).toThrow(expect.objectContaining({ code: "option.range" }));
  });
});
