/** Checks 1 to 5 of the EQAT sheet, and the laws behind them. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FakeQuantOptions, fakeQuant, fakeQuantAll, int, type QuantGrid, stepSize, stepSlope } from "./index.ts";

const unit = { grid: "paper", low: -1, high: 1 } as const;

test("check 1: dΔ/dq on [−1, 1]", () => {
  expect(stepSlope("paper", 2, 4)).toBeCloseTo(-0.098581, 6);
  expect(stepSlope("paper", 2, 8)).toBeCloseTo(-0.005458, 6);
});

describe("check 2: the paper's grid, real bits", () => {
  test.each([
    [0.3, 4, 0.133333, 10, 0.333333, -0.024645],
    [0.3, 3, 0.285714, 5, 0.428571, -0.10185],
    [-0.71, 2, 0.666667, 0, -1, 0.268017],
    [1.4, 4, 0.133333, 15, 1, 0],
  ])("x = %d, q = %d", (x, q, step, code, xq, dxdq) => {
    const result = fakeQuant(x, { ...unit, mode: "real", q });
    const delta = stepSize("paper", 2, q);
    expect(delta).toBeCloseTo(step, 6);
    expect((result.xq + 1) / delta).toBeCloseTo(code, 9);
    expect(result.xq).toBeCloseTo(xq, 6);
    expect(result.dxdq).toBeCloseTo(dxdq, 6);
    expect(result.mask).toBe(Math.abs(x) <= 1);
  });
});

test("check 3: fractional bits", () => {
  const at = (q: number) => fakeQuant(0.3, { ...unit, mode: "frac", q });
  expect(at(3.25).xq).toBeCloseTo(0.404762, 6);
  expect(at(3.25).dxdq).toBeCloseTo(-0.095238, 6);
  // exact: any difference quotient inside (3, 4) equals it
  expect((at(3.8).xq - at(3.1).xq) / 0.7).toBeCloseTo(at(3.25).dxdq, 14);
});

describe("check 4: squared rounding error of a uniform variable", () => {
  test.each([
    [3, 6.80272e-3, -1.07778e-2],
    [6, 8.39842e-5, -1.182749e-4],
  ])("q = %d", (q, value, slope) => {
    // Midpoints, a whole number of them to each half cell, so that the sum has no ragged ends.
    const count = 2 * (2 ** q - 1) * 2000;
    const x = Float64Array.from({ length: count }, (_, i) => -1 + (2 * i + 1) / count);
    const { xq, dxdq } = fakeQuantAll(x, { ...unit, mode: "real", q });
    let loss = 0;
    let gradient = 0;
    for (let i = 0; i < count; i++) {
      const error = xq[i]! - x[i]!;
      loss += error ** 2 / count;
      gradient += (2 * error * dxdq[i]!) / count;
    }
    const step = stepSize("paper", 2, q);
    expect(Math.abs(loss - step ** 2 / 12)).toBeLessThan(1e-9);
    expect(Math.abs(gradient - (step / 6) * stepSlope("paper", 2, q))).toBeLessThan(1e-9);
    expect(loss / value).toBeCloseTo(1, 5);
    expect(gradient / slope).toBeCloseTo(1, 5);
  });
});

const ranges: Record<QuantGrid, { high: number; low?: number }> = {
  narrow: { high: 0.9 },
  unsigned: { high: 1.3 },
  affine: { low: -0.6, high: 1.1 },
  paper: { low: -1, high: 1 },
};
const grids = Object.keys(ranges) as QuantGrid[];
const number = fc.double({ min: -2, max: 2, noNaN: true });

describe.each(grids)("the %s grid", (grid) => {
  const options = (q: number, mode: FakeQuantOptions["mode"]) => ({ grid, mode, q, ...ranges[grid] });

  test("check 5: at whole bit-widths the three modes give the same bits", () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 2, max: 15 }), (x, q) => {
        const [frac, real, round] = (["frac", "real", "round"] as const).map(
          (mode) => fakeQuant(x, options(q, mode)).xq,
        );
        expect(frac).toBe(real);
        expect(round).toBe(real);
      }),
    );
  });

  test("check 5: sixteen bits are as good as none", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.9, noNaN: true }), (x) => {
        expect(Math.abs(fakeQuant(x, options(16, "real")).xq - x)).toBeLessThan(3e-5);
      }),
    );
  });

  test("the derivative in q is the coefficient of the sheet times the rounding error", () => {
    const coefficients = [-0.9242, -0.7922, -0.7394, -0.7155, -0.7042, -0.6986, -0.6959];
    for (const [i, coefficient] of coefficients.entries()) {
      const q = 2 + i + (grid === "narrow" ? 1 : 0);
      const x = 0.37;
      const { xq, dxdq } = fakeQuant(x, options(q, "real"));
      // the sheet prints four digits, the last of them rounded up at q = 6
      expect(Math.abs(dxdq / (xq - x) - coefficient)).toBeLessThan(6e-5);
    }
  });

  test("is monotone, idempotent, and off by at most half a step inside the range", () => {
    fc.assert(
      fc.property(number, number, fc.integer({ min: 2, max: 8 }), (a, b, q) => {
        const quantised = (x: number) => fakeQuant(x, options(q, "real"));
        const { xq, mask } = quantised(a);
        expect(quantised(xq).xq).toBeCloseTo(xq, 12);
        if (a <= b) expect(xq).toBeLessThanOrEqual(quantised(b).xq);
        const { high, low = 0 } = ranges[grid];
        const span = grid === "narrow" || grid === "unsigned" ? high : high - low;
        if (mask) expect(Math.abs(xq - a)).toBeLessThanOrEqual(stepSize(grid, span, q) / 2 + 1e-12);
      }),
    );
  });

  test("frac is continuous in q", () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 3, max: 8 }), (x, q) => {
        const below = fakeQuant(x, options(q - 1e-9, "frac")).xq;
        expect(below).toBeCloseTo(fakeQuant(x, options(q, "frac")).xq, 7);
      }),
    );
  });

  test("a clipped element does not depend on a real q", () => {
    const x = 1.9;
    const result = fakeQuant(x, options(4, "real"));
    expect(result).toMatchObject({ dxdq: 0, mask: false, dxdhigh: 1, dxdlow: 0 });
  });
});

describe("learned ranges", () => {
  // x uniform over [−2, 2], L = mean (x̂ − x)². Straight-through gives all of dL/dhigh but the growth of the range
  // itself: each end that moves takes in new elements, whose mean squared error is Δ²/12.
  test.each([
    ["unsigned", { high: 1.3 }, 1],
    ["narrow", { high: 0.9 }, 2],
    ["paper", { high: 0.9, low: -1 }, 1],
  ] as const)("the %s grid", (grid, range, ends) => {
    const q = 5;
    const x = Float64Array.from({ length: 100_000 }, (_, i) => -2 + (4 * (i + 0.5)) / 100_000);
    const loss = (high: number) => {
      const { xq } = fakeQuantAll(x, { grid, mode: "real", q, ...range, high });
      return xq.reduce((sum, value, i) => sum + (value - x[i]!) ** 2, 0) / x.length;
    };
    const numeric = (loss(range.high + 1e-3) - loss(range.high - 1e-3)) / 2e-3;
    let estimate = 0;
    for (const value of x) {
      const { xq, dxdhigh } = fakeQuant(value, { grid, mode: "real", q, ...range });
      estimate += (2 * (xq - value) * dxdhigh) / x.length;
    }
    const span = grid === "paper" ? 1.9 : range.high;
    const step = stepSize(grid, span, q);
    expect(numeric - estimate).toBeCloseTo((ends * step ** 2) / 12 / 4, 6);
  });

  test("an affine range pinned below moves with its low end", () => {
    const options = { grid: "affine", mode: "real", q: 4, low: -0.6, high: 1.1 } as const;
    expect(fakeQuant(-5, options)).toMatchObject({ dxdlow: 1, dxdhigh: 0 });
    const { xq, dxdlow, dxdhigh } = fakeQuant(0.33, options);
    expect(dxdhigh).toBeCloseTo((xq - 0.33) / 1.7, 12);
    expect(dxdlow).toBe(-dxdhigh);
  });
});

describe("integer grids are integer formats", () => {
  test("narrow", () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 2, max: 8 }), (x, bits) => {
        const format = int({ bits, signed: true, narrow: true, scale: stepSize("narrow", 1, bits) });
        const { xq } = fakeQuant(x, { grid: "narrow", mode: "round", q: bits, high: 1 });
        expect(Math.abs(format.round(x) - xq)).toBeLessThan(format.scales[0]! * 1e-6 + tie(x, format.scales[0]!));
      }),
    );
  });

  test("affine, zero exact", () => {
    expect(fakeQuant(0, { grid: "affine", mode: "round", q: 3, low: -0.6, high: 1.1 }).xq).toBe(0);
    expect(Math.abs(fakeQuant(0, { ...unit, mode: "round", q: 3 }).xq)).toBeCloseTo(1 / 7, 12);
  });
});

/** float32 and float64 may take different sides of a tie. */
const tie = (x: number, scale: number): number => (Math.abs((Math.abs(x / scale) % 1) - 0.5) < 1e-4 ? scale : 0);

test("a tensor of zeros stays zero and has no gradient", () => {
  expect(fakeQuant(0, { grid: "narrow", mode: "frac", q: 4, high: 0 })).toEqual({
    xq: 0,
    dxdq: 0,
    mask: false,
    dxdhigh: 0,
    dxdlow: 0,
  });
});

test.each<[string, number, FakeQuantOptions]>([
  ["one narrow bit", 0, { grid: "narrow", mode: "frac", q: 1.5, high: 1 }],
  ["no bits", 0, { grid: "unsigned", mode: "round", q: 0.4, high: 1 }],
  ["too many bits", 0, { grid: "unsigned", mode: "real", q: 16.5, high: 1 }],
  ["a reversed range", 0, { grid: "affine", mode: "real", q: 4, low: 1, high: -1 }],
  ["an affine range without zero", 0, { grid: "affine", mode: "real", q: 4, low: 0.5, high: 1 }],
  ["a missing end", 0, { grid: "affine", mode: "real", q: 4, high: 1 }],
  ["an infinite range", 0, { grid: "narrow", mode: "real", q: 4, high: Number.POSITIVE_INFINITY }],
  ["NaN as range", 0, { grid: "narrow", mode: "real", q: 4, high: Number.NaN }],
])("refuses %s", (_, x, options) => {
  expect(() => fakeQuant(x, options)).toThrow(expect.objectContaining({ code: "option.range" }));
});

test("refuses NaN", () => {
  expect(() => fakeQuant(Number.NaN, { grid: "narrow", mode: "real", q: 4, high: 1 })).toThrow(/NaN/);
});
