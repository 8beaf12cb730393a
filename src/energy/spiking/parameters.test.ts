/** What is refused, what is warned of, and what a list of prices must state. */

import { describe, expect, test } from "vitest";
import {
  checkSpikingPrices,
  compareTwin,
  pointOf,
  type SpikingPrices,
  sensitivity,
  shortcut,
  sweep,
  sweepAxes,
  type TwinOptions,
  twinParameters,
  varyPrices,
  withMovement,
  withPrices,
} from "./index.ts";
import { paper, paperPrices } from "./paper.fixture.ts";

const point: TwinOptions = { steps: 5, spikeRate: 0.05, weightBits: 4 };

describe("refused", () => {
  test.each<[Partial<TwinOptions>, string]>([
    [{ steps: 0 }, "T"],
    [{ steps: 2.5 }, "T"],
    [{ spikeRate: -0.1 }, "sr (spike rate)"],
    [{ spikeRate: 1.1 }, "sr (spike rate)"],
    [{ spikeRate: Number.NaN }, "sr (spike rate)"],
    [{ spikeRate: "typical" as never }, "sr (spike rate)"],
    [{ active: 1.01 }, "a (share of activations that are not zero)"],
    [{ active: -0.01 }, "a (share of activations that are not zero)"],
    [{ fanIn: 0.5 }, "N (fan-in)"],
    [{ hops: -1 }, "h (hops)"],
    [{ weightBits: 0 }, "weight bits"],
    [{ weightBits: 4.5 }, "weight bits"],
    [{ weightReuse: 0 }, "Rw (weight reuse)"],
    [{ temporalReuse: 6 }, "rT (temporal reuse)"],
    [{ multicast: 0 }, "multicast"],
    [{ multiplier: "bit-serial" }, "E[popcount(q)]"],
    [{ multiplier: "bit-serial", onesPerActivation: 4 }, "E[popcount(q)]"],
  ])("%j", (change, where) => {
    expect(() => compareTwin({ ...point, ...change }, paper)).toThrow(
      expect.objectContaining({ code: "energy.spiking", where, expected: expect.any(String) }),
    );
  });

  test.each<[string, (list: SpikingPrices) => unknown]>([
    ["a price is missing", ({ prices: { compare: _, ...rest }, ...list }) => ({ ...list, prices: rest })],
    [
      "no unit",
      (list) => ({ ...list, prices: { ...list.prices, compare: { energy: list.prices.compare.energy, source: "a" } } }),
    ],
    ["another unit", (list) => ({ ...list, unit: "fJ" })],
    [
      "no source",
      (list) => ({ ...list, prices: { ...list.prices, compare: { ...list.prices.compare, source: " " } } }),
    ],
    [
      "negative",
      (list) => ({
        ...list,
        prices: { ...list.prices, compare: { ...list.prices.compare, energy: { lo: -1, mid: 0, hi: 1 } } },
      }),
    ],
  ])("prices: %s", (_, spoil) => {
    expect(() => checkSpikingPrices(spoil(paperPrices) as SpikingPrices)).toThrow(
      expect.objectContaining({ code: "energy.prices", where: expect.stringContaining("snn-paper-22nm › ") }),
    );
  });

  test("an axis that there is not, a negative price, a preset without a worst place", () => {
    expect(() => sweep(point, paper, "voltage" as never, [1])).toThrow(
      expect.objectContaining({ code: "energy.sweep" }),
    );
    expect(() => sweep(point, paper, "eta", [-1])).toThrow(expect.objectContaining({ code: "energy.spiking" }));
    const { worstMovement: _, ...list } = paperPrices;
    expect(() => withMovement(list, "worst-case")).toThrow(expect.objectContaining({ code: "energy.preset" }));
    expect(() => withPrices(paperPrices, { compare: -1 }, "a guess")).toThrow(
      expect.objectContaining({ code: "energy.prices" }),
    );
  });
});

describe("warned of", () => {
  const warnings = (change: Partial<TwinOptions>) => compareTwin({ ...point, ...change }, paper).warnings;

  test("a spike rate and a share of zeros that contradict each other", () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ spikeRate: 0.18 })[0]).toContain("theorem 2");
    expect(warnings({ spikeRate: 0.03 })[0]).toContain("0.034 ≤ sr ≤ a = 0.17");
    for (const spikeRate of ["lowest", "average", "highest"] as const) expect(warnings({ spikeRate })).toEqual([]);
    // a single spike has no rate to contradict anything
    expect(warnings({ spikeRate: 0.18, code: "ttfs" })).toEqual([]);
  });

  test("T above 255, unequal weights, and a twin of other bits", () => {
    expect(warnings({ steps: 256, spikeRate: "average" })).toEqual([expect.stringContaining("T = 256")]);
    expect(warnings({ twinWeightBits: 8 })).toEqual([expect.stringContaining("4 bits against 8 bits")]);
    expect(warnings({ activationBits: 4 })).toEqual([expect.stringContaining("has 3")]);
  });
});

test("what nobody stated is listed as assumed", () => {
  const { assumed, parameters } = compareTwin({ ...point, hops: 0.64, active: undefined }, paper);
  expect(assumed).toContain("active");
  expect(assumed).not.toContain("hops");
  expect(parameters).toMatchObject({ active: 0.17, hops: 0.64, fanIn: 4096, twinWeightBits: 4, activationBits: 3 });
  expect(twinParameters({ ...point, spikeRate: "average" }).spikeRate).toBeCloseTo(0.102, 12);
});

describe("sweeps", () => {
  test.each(sweepAxes)("%s can be varied", (axis) => {
    const options: TwinOptions = { ...point, multiplier: "bit-serial", onesPerActivation: 0.2 };
    const points = sweep(options, paper, axis, [1]);
    expect(points).toHaveLength(1);
    expect(points[0]!.ratio).toBeGreaterThan(0);
    expect(points[0]!.ratio).toBeLessThan(Infinity);
  });

  test("η and k are ratios of prices", () => {
    const [at12] = sweep(point, paper, "eta", [12]);
    expect(at12!.ratio).toBeCloseTo(compareTwin(point, paper).ratio, 14);
    const [atK] = sweep(point, paper, "k", [2]);
    expect(atK!.ratio).toBe(compareTwin(point, { ...paper, multiplyAccumulate: 2 * paper.accumulate }).ratio);
  });

  test("a rate given as a case of theorem 2 follows T", () => {
    const points = sweep({ ...point, spikeRate: "average" }, paper, "steps", [1, 3, 7]);
    expect(points.map(({ warnings }) => warnings)).toEqual([[], [], []]);
  });

  test("sensitivity of nothing is nothing", () => {
    for (const { low, high } of sensitivity(point, paper, 0)) expect(high).toBe(low);
  });
});

describe("prices over their ranges", () => {
  const ratio = (prices: typeof paper) => compareTwin(point, prices).ratio;
  const vary = (list: SpikingPrices) => varyPrices([list], (at) => ratio(at(list)));
  const spread = (lo: number, hi: number): SpikingPrices => ({
    ...paperPrices,
    prices: {
      ...paperPrices.prices,
      sparseEvent: { ...paperPrices.prices.sparseEvent, energy: { lo, mid: 3, hi } },
    },
  });

  test("a ratio has its range, and an order its share of the draws", () => {
    const narrow = vary(spread(2.9, 3.1));
    expect(narrow.range.mid).toBe(ratio(paper));
    expect(narrow.holds).toBe(1);
    const wide = vary(spread(1.5, 6));
    expect(wide.range.lo).toBeLessThan(narrow.range.lo);
    expect(wide.range.hi).toBeGreaterThan(1);
    // the ratio passes 1 at 3.473 pJ; log-uniform between 1.5 and 6 that is ln(3.473/1.5)/ln 4 of the draws
    expect(wide.holds).toBeCloseTo(Math.log(3.473 / 1.5) / Math.log(4), 1);
  });

  test("weights and membranes lie in one memory and vary together", () => {
    const seen: [number, number][] = [];
    varyPrices(
      [paperPrices],
      (at) => {
        const { weightBit, stateBit } = at(paperPrices);
        return seen.push([weightBit, stateBit]);
      },
      { samples: 20 },
    );
    expect(seen.length).toBe(1 + 2 + 20);
    for (const [weight, state] of seen) expect(weight).toBe(state);
    expect(new Set(seen.map(([weight]) => weight)).size).toBeGreaterThan(10);
  });

  test("prices without ranges: one answer, which nothing shakes", () => {
    const fixed = withPrices(paperPrices, { weightBit: 0.0388, stateBit: 0.0388 }, "no range");
    expect(pointOf(fixed, "lo")).toEqual(pointOf(fixed, "hi"));
    expect(vary(fixed)).toMatchObject({ samples: 0, holds: 1 });
  });
});

test("the literature's shortcut is arithmetic alone, and says so", () => {
  const made = shortcut([
    { macs: 1000, events: 1, isAnalogue: true },
    { macs: 5000, events: 0.25, isAnalogue: false },
  ]);
  expect(made.snn).toBeCloseTo(1000 * 4.6 + 5000 * 0.25 * 0.9, 9);
  expect(made.ann).toBeCloseTo(6000 * 4.6, 9);
  expect(made.label).toContain("arithmetic only");
  // 28 times better by the shortcut at the point where the full bill says 1.15 times
  const alone = shortcut([{ macs: 1, events: 0.25, isAnalogue: false }]);
  expect(alone.ratio).toBeCloseTo(0.0489, 4);
  expect(compareTwin(point, paper).ratio).toBeCloseTo(0.8716, 4);
});
