import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distinct } from "./addressing.ts";
import { primeFactors } from "./orderings.ts";
import { roundHalfEven } from "./problem.ts";
import { loadingRules } from "./spare-width.ts";
import { portStall } from "./stalls.ts";
import type { Transfer } from "./transfers.ts";

const step = fc.integer({ min: 1, max: 6 });
const count = fc.integer({ min: 1, max: 12 });

test("distinct elements of a window, against the set of them", () => {
  fc.assert(
    fc.property(step, step, count, count, (a, b, m, n) => {
      const seen = new Set<number>();
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) seen.add(a * i + b * j);
      expect(distinct([a, b], [m, n])).toBe(seen.size);
    }),
  );
});

test("prime factors multiply back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (value) => {
      const factors = primeFactors(value);
      expect(factors.reduce((a, b) => a * b, 1)).toBe(value);
      expect(factors).toEqual([...factors].sort((a, b) => a - b));
      expect(factors.every((factor) => primeFactors(factor).length === 1)).toBe(true);
    }),
  );
});

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [12.5, 12],
  [2.51, 3],
  [7, 7],
])("%d rounds to %d", (value, rounded) => expect(roundHalfEven(value)).toBe(rounded));

describe("stalls of a port", () => {
  const port = { name: "p", leastBits: 1, mostBits: 1, serves: [] };
  const transfer = (period: number, periods: number, cycles: number, window: number): Transfer => ({
    operand: 0,
    level: 0,
    memory: 0,
    move: "feed",
    bits: 1,
    isPartial: false,
    elements: cycles,
    period,
    periods,
    window,
  });
  const stallOf = (...transfers: Transfer[]) =>
    portStall({ memory: 0, port, isShared: false, transfers }, ({ window }) => window);

  test("one transfer: what it lacks, or leaves, in every period but the first", () => {
    expect(stallOf(transfer(10, 6, 12, 10))).toBe(5 * 2);
    expect(stallOf(transfer(10, 6, 3, 10))).toBe(5 * -7);
    expect(stallOf(transfer(10, 6, 3, 2))).toBe(5 * 1);
  });

  test("two that fit one after the other do not stall, two that want the same cycles do", () => {
    expect(stallOf(transfer(10, 10, 4, 10), transfer(20, 5, 8, 20))).toBe(0);
    expect(stallOf(transfer(10, 10, 8, 10), transfer(20, 5, 16, 20))).toBeGreaterThan(0);
  });

  test("the union of windows, against counting the cycles", () => {
    const chain = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100 })), {
      minLength: 2,
      maxLength: 4,
    });
    fc.assert(
      fc.property(chain, (steps) => {
        let period = 1;
        const windows = steps.map(([factor, share]) => {
          period *= factor + 1;
          return { period, window: Math.max(1, Math.floor((period * share) / 101)) };
        });
        fc.pre(windows.every((entry) => entry.window < entry.period));
        const total = period * 3;
        let open = 0;
        for (let cycle = 0; cycle < total; cycle++) {
          if (windows.some((entry) => cycle % entry.period < entry.window)) open++;
        }
        // transfers that take their whole window leave neither stall nor slack: what remains is the overlap
        const transfers = windows.map((entry) =>
          transfer(entry.period, total / entry.period, entry.window, entry.window),
        );
        const claimed = transfers.reduce((sum, { window, periods }) => sum + window * (periods - 1), 0);
        expect(stallOf(...transfers)).toBe(Math.max(0, claimed - open));
      }),
    );
  });
});

describe("loading that moves into the computation", () => {
  const { bounded, zigzag } = loadingRules;

  test("one load: what is spare, down to its least", () => {
    for (const rule of [bounded, zigzag]) {
      expect(rule([100], [10], 30)).toEqual([70]);
      expect(rule([100], [10], 300)).toEqual([10]);
      expect(rule([], [], 5)).toEqual([]);
    }
  });

  test("two loads: the longer first, then both", () => {
    expect(bounded([100, 60], [10, 10], 30)).toEqual([70, 60]);
    expect(bounded([100, 60], [10, 10], 60)).toEqual([50, 50]);
    expect(bounded([100, 60], [10, 10], 1000)).toEqual([10, 10]);
    expect(bounded([100, 60], [90, 10], 30)).toEqual([90, 40]);
  });

  test("where ZigZag's rule goes below the least, and below zero", () => {
    expect(zigzag([100, 60], [10, 0], 1000)).toEqual([-50, 0]);
    expect(bounded([100, 60], [10, 0], 1000)).toEqual([10, 0]);
  });

  test("the bounded rule takes all that is spare, and no more than there is", () => {
    const load = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(fc.array(load, { maxLength: 5 }), fc.integer({ min: 0, max: 200 }), (given, spare) => {
        const least = given.map(([part]) => part);
        const loads = given.map(([part, more]) => part + more);
        const rest = bounded(loads, least, spare);
        const taken = loads.reduce((sum, cycles, i) => sum + cycles - rest[i]!, 0);
        const most = given.reduce((sum, [, more]) => sum + more, 0);
        expect(taken).toBeCloseTo(Math.min(spare, most), 9);
        for (const [i, cycles] of rest.entries()) {
          expect(cycles).toBeGreaterThanOrEqual(least[i]! - 1e-9);
          expect(cycles).toBeLessThanOrEqual(loads[i]!);
        }
      }),
    );
  });
});
