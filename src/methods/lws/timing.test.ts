/** @file PowerPruning's timing: delays of a real unit by weight, the sets that are left, the voltage that they allow. */

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { defaultArray, drawUniform, type WeightDelays, weightDelays } from "../../circuits/characterise/index.ts";
import { buildMac } from "../../circuits/netlist/index.ts";
import { defaultSupply, loweredSupply, setDelay, timedSet } from "./timing.ts";

const refused = (code: string) => expect.objectContaining({ code });
const all = Array.from({ length: 255 }, (_, i) => i - 127);
let delays: WeightDelays;

beforeAll(() => {
  delays = weightDelays(buildMac(), drawUniform(defaultArray, { count: 128 }));
});

describe("sets by delay", () => {
  test("a limit keeps exactly what settles within it; looser limits keep more", () => {
    let before = 0;
    for (let most = delays.longest[128]!; most <= delays.depth; most++) {
      if (all.filter((value) => delays.longest[value + 128]! <= most).length < 3) continue;
      const kept = timedSet(all, delays, most, "longest");
      expect(kept).toContain(0);
      expect(setDelay(kept, delays, "longest")).toBeLessThanOrEqual(most);
      expect(kept.length).toBeGreaterThanOrEqual(before);
      before = kept.length;
    }
    expect(before).toBe(255);
  });

  test("the netlist guarantees little: paths by structure differ less than sensitised ones", () => {
    const spread = (kind: "longest" | "bound") => {
      const of = all.filter((value) => value !== 0).map((value) => delays[kind][value + 128]!);
      return Math.min(...of) / Math.max(...of);
    };
    expect(spread("longest")).toBeLessThan(spread("bound"));
  });

  test("limits that not even zero meets, and that leave nothing else, are refused", () => {
    expect(() => timedSet(all, delays, 3, "longest")).toThrow(refused("lws.timing"));
    expect(() => timedSet(all, delays, delays.longest[128]!, "longest")).toThrow(refused("lws.set"));
    expect(() => timedSet([1, 2, 3], delays, 40, "longest")).toThrow(refused("lws.set"));
  });
});

describe("voltage", () => {
  test("by hand: α = 1 and no threshold make delay independent of voltage, α = 2 halves it at twice the volts", () => {
    const square = { nominal: 1, threshold: 0, alpha: 2, least: 0.1 };
    // Delay ∝ 1/V: a path of half the gates does with half the volts, a quarter of the energy.
    expect(loweredSupply(40, 20, square)).toEqual({ volts: expect.closeTo(0.5, 9), energy: expect.closeTo(0.25, 9) });
    expect(loweredSupply(40, 20, { ...square, alpha: 1 }).volts).toBe(0.1);
  });

  test("no slack, no saving; shorter paths never cost more; the path fits the clock at the voltage found", () => {
    expect(loweredSupply(38, 38)).toEqual({ volts: expect.closeTo(0.9, 9), energy: expect.closeTo(1, 9) });
    expect(loweredSupply(30, 38).energy).toBeCloseTo(1, 9);
    const { nominal, threshold, alpha, least } = defaultSupply;
    const time = (gates: number, volts: number) => (gates * volts) / (volts - threshold) ** alpha;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (a, b) => {
        const [before, now] = [Math.max(a, b), Math.min(a, b)];
        const { volts, energy } = loweredSupply(before, now);
        expect(time(now, volts)).toBeLessThanOrEqual(time(before, nominal) * (1 + 1e-9));
        expect(volts).toBeGreaterThanOrEqual(least);
        expect(energy).toBeCloseTo((volts / nominal) ** 2, 12);
        if (now > 1) expect(loweredSupply(before, now - 1).energy).toBeLessThanOrEqual(energy + 1e-12);
      }),
    );
  });

  test.each([{ threshold: 0.95 }, { least: 0.2 }, { alpha: 3 }, { nominal: 0.4 }, { alpha: Number.NaN }])(
    "refused: %o",
    (change) => {
      expect(() => loweredSupply(40, 30, { ...defaultSupply, ...change })).toThrow(refused("lws.supply"));
    },
  );
});
