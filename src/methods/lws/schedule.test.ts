/** @file The schedule over networks that are only numbers. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSchedule, type ScheduleHost, type ScheduleOptions } from "./schedule.ts";

/** A network as the sizes of its sets, and how often it was tuned. */
interface Toy {
  readonly sizes: Readonly<Record<string, number>>;
  readonly tuned: number;
}

const start: Toy = { sizes: {}, tuned: 0 };

/** A layer loses `cost`/size of accuracy, and its energy shrinks with its set. */
function host(layers: Readonly<Record<string, { energy: number; cost: number }>>): ScheduleHost<Toy> {
  const energyOf = ({ sizes }: Toy, layer: string) =>
    layers[layer]!.energy * (sizes[layer] === undefined ? 1 : 0.6 + sizes[layer] / 100);
  return {
    restrict: ({ sizes, tuned }, layer, size) => ({ sizes: { ...sizes, [layer]: size }, tuned }),
    tune: ({ sizes, tuned }) => ({ sizes, tuned: tuned + 1 }),
    accuracy: ({ sizes }) =>
      Object.entries(sizes).reduce((left, [layer, size]) => left - layers[layer]!.cost / size, 0.98),
    shares: (state) => {
      const names = Object.keys(layers);
      const total = names.reduce((sum, name) => sum + energyOf(state, name), 0);
      return new Map(names.map((name) => [name, energyOf(state, name) / total]));
    },
  };
}

const layers = {
  first: { energy: 2, cost: 0 },
  big: { energy: 60, cost: 0.08 },
  middle: { energy: 30, cost: 0.2 },
  last: { energy: 8, cost: 10 },
};

describe("the schedule", () => {
  it("takes dear layers first, shrinks until accuracy falls too far, and goes back", async () => {
    const outcome = await runSchedule(start, host(layers));
    // big: 0.08/8 = 0.01 is kept, 0.016 at 5, too; then middle may lose 0.004: 0.2/32 is too much; last never.
    expect(outcome.steps.map(({ layer, size, isKept }) => [layer, size, isKept])).toEqual([
      ["big", 32, true],
      ["big", 16, true],
      ["big", 8, true],
      ["big", 5, true],
      ["middle", 32, false],
      ["last", 32, false],
    ]);
    expect(outcome.state.sizes).toEqual({ big: 5 });
    expect(outcome.sizes).toEqual(new Map([["big", 5]]));
    // Steps that were not kept have not tuned the state that is returned.
    expect(outcome.state.tuned).toBe(4);
    expect(outcome.accuracy).toBeCloseTo(0.98 - 0.016, 12);
  });

  it("tunes a step that loses too much once more, if asked, and goes on where that is enough", async () => {
    // A set of 8 values costs 0.01, and every tuning after the first wins 0.006 back.
    const base = host({ only: { energy: 1, cost: 0.08 } });
    const slow: ScheduleHost<Toy> = {
      ...base,
      accuracy: (state) => (base.accuracy(state) as number) + 0.006 * Math.max(0, state.tuned - 1),
    };
    const own = { sizes: [8], mostDrop: 0.005 };
    const once = await runSchedule(start, slow, own);
    expect(once.steps).toMatchObject([{ size: 8, isKept: false }]);
    const twice = await runSchedule(start, slow, { ...own, retunes: 1 });
    expect(twice.steps).toMatchObject([{ size: 8, isKept: true }]);
    expect(twice.steps[0]!.accuracy).toBeCloseTo(0.976, 12);
    expect(twice.state).toEqual({ sizes: { only: 8 }, tuned: 2 });
    await expect(runSchedule(start, slow, { retunes: -1 })).rejects.toThrow("out of range");
  });

  it("leaves layers with a small share alone, unless told otherwise", async () => {
    const names = async (own: ScheduleOptions) =>
      new Set((await runSchedule(start, host(layers), own)).steps.map(({ layer }) => layer));
    expect(await names({})).not.toContain("first");
    expect(await names({ leastShare: 0.01 })).toContain("first");
    expect(await names({ leastShare: 0.5 })).toEqual(new Set(["big"]));
  });

  it("keeps a step that loses exactly what may be lost", async () => {
    const exact = { ...host({ one: { energy: 1, cost: 0 } }), accuracy: ({ sizes }: Toy) => (sizes.one ? 0.96 : 0.98) };
    const { steps } = await runSchedule(start, exact, { sizes: [8] });
    expect(steps.map(({ isKept }) => isKept)).toEqual([true]);
  });

  it("a second sweep goes by new shares and tries smaller sets only", async () => {
    // b loses too much at 8 until a has 5 values, which wins a point.
    const base = host({ a: { energy: 1, cost: 0 }, b: { energy: 0.9, cost: 0.2 } });
    const learning = {
      ...base,
      accuracy: (state: Toy) => (base.accuracy(state) as number) + (state.sizes.a === 5 ? 0.01 : 0),
      shares: ({ sizes }: Toy) =>
        new Map(
          sizes.a === undefined
            ? [
                ["a", 0.2],
                ["b", 0.8],
              ]
            : [
                ["a", 0.4],
                ["b", 0.6],
              ],
        ),
    };
    const { steps, sizes } = await runSchedule(start, learning, { sweeps: 2, sizes: [16, 8, 5] });
    expect(steps.map(({ sweep, layer, size, isKept }) => [sweep, layer, size, isKept])).toEqual([
      [1, "b", 16, true],
      [1, "b", 8, false],
      [1, "a", 16, true],
      [1, "a", 8, true],
      [1, "a", 5, true],
      [2, "b", 8, true],
      [2, "b", 5, false],
    ]);
    expect(steps.map(({ share }) => share)).toEqual([0.8, 0.8, 0.2, 0.2, 0.2, 0.6, 0.6]);
    expect(sizes).toEqual(
      new Map([
        ["b", 8],
        ["a", 5],
      ]),
    );
  });

  it("never returns less accuracy than allowed, nor a set it did not keep", async () => {
    const layer = fc.record({
      energy: fc.double({ min: 0.01, max: 10, noNaN: true }),
      cost: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), layer, { minKeys: 1 }),
        fc.integer({ min: 1, max: 3 }),
        async (network, sweeps) => {
          const outcome = await runSchedule(start, host(network), { sweeps });
          expect(outcome.accuracy).toBeGreaterThanOrEqual(0.98 - 0.02 - 1e-8);
          expect(outcome.accuracy).toBe(await host(network).accuracy(outcome.state));
          expect(new Map(Object.entries(outcome.state.sizes))).toEqual(outcome.sizes);
          expect(outcome.state.tuned).toBe(outcome.steps.filter(({ isKept }) => isKept).length);
          for (const [name, size] of outcome.sizes) {
            const kept = outcome.steps.filter((step) => step.layer === name && step.isKept).map((step) => step.size);
            expect(kept).toEqual(kept.toSorted((x, y) => y - x));
            expect(kept.at(-1)).toBe(size);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    [{ sizes: [] }],
    [{ sizes: [8, 16] }],
    [{ sizes: [2] }],
    [{ mostDrop: -0.1 }],
    [{ mostDrop: 2 }],
    [{ leastShare: Number.NaN }],
    [{ sweeps: 0 }],
  ])("refuses %j", async (own) => {
    await expect(runSchedule(start, host(layers), own)).rejects.toMatchObject({ code: "lws.schedule" });
  });

  it("refuses an accuracy that is no number", async () => {
    const broken = { ...host(layers), accuracy: () => Number.NaN };
    await expect(runSchedule(start, broken)).rejects.toMatchObject({ code: "lws.schedule" });
  });
});
