/** Published figures of the comparison (golden/snn-energy), one row each; what cannot be checked is listed as missing. */

import { describe, expect, test } from "vitest";
import {
  breakEven,
  compareTwin,
  denseAbove,
  parityAlong,
  pointOf,
  sensitivity,
  sparseBreakEven,
  sweep,
  type TwinFetch,
  type TwinOptions,
  withMovement,
} from "./index.ts";
import { paper, paperPrices, published } from "./paper.fixture.ts";

const at = (steps: number, weightBits: number, rest: Partial<TwinOptions> = {}): TwinOptions => ({
  steps,
  weightBits,
  spikeRate: 0.05,
  ...rest,
});

describe("break-even spike rates", () => {
  test.each(published.breakEven)(
    "T = $steps, $weightBits-bit weights, N = $fanIn: $published",
    ({ steps, weightBits, fanIn, published, tolerance }) => {
      const found = breakEven(at(steps, weightBits, { fanIn }), paper).spikeRate;
      expect(Math.abs(found - published)).toBeLessThan(tolerance);
    },
  );

  test.each([4, 8] as const)("check 2: the whole table for %i-bit weights, with its jumps", (weightBits) => {
    const table = sweep(at(1, weightBits), paper, "steps", published.calibrated.steps);
    const rates = table.map((row) => row.breakEven);
    expect(rates.map((rate) => Number(rate.toFixed(4)))).toEqual(published.calibrated[weightBits]);
    // Not monotone: up where the twin needs another bit. With 8-bit weights the jump at T = 4 is too small to turn the curve.
    const jumps = [4, 8, 16].filter((steps) => {
      const [before, after] = sweep(at(1, weightBits), paper, "steps", [steps - 1, steps]);
      return after!.breakEven > before!.breakEven;
    });
    expect(jumps).toEqual(weightBits === 4 ? [4, 8, 16] : [8, 16]);
  });

  test.each(["worst-case", "theoretical-minimum"] as const)("check 3: %s movement, 4-bit weights", (preset) => {
    const prices = pointOf(withMovement(paperPrices, preset));
    for (const [steps, rate] of Object.entries(published.calibrated[preset])) {
      expect(breakEven(at(Number(steps), 4), prices).spikeRate).toBeCloseTo(rate, preset === "worst-case" ? 5 : 4);
    }
  });

  test("the closed form is the sparse branch of it", () => {
    for (const steps of published.calibrated.steps) {
      const found = breakEven(at(steps, 8), paper);
      const closed = sparseBreakEven(at(steps, 8), paper);
      if (found.branch === "sparse") expect(found.spikeRate).toBeCloseTo(closed, 12);
      // at T = 1 the spiking layer sends every bit, and the closed form would be wrong
      else expect([steps, found.branch, closed < found.spikeRate]).toEqual([1, "dense", true]);
    }
  });
});

describe("what the break-even of 5.7 % hangs on", () => {
  const { steps, weightBits, share, tolerance, movement, weights, arithmeticShift } = published.sensitivity;
  const varied = new Map(sensitivity(at(steps, weightBits), paper, share).map((row) => [row.price, row]));
  const centre = breakEven(at(steps, weightBits), paper).spikeRate;

  test("movement, by half: 3.41 % to 10.80 %", () => {
    expect(Math.abs(varied.get("denseBit")!.low - movement[0])).toBeLessThan(tolerance);
    // The high end halves E_S. It comes out where the twin fetches all weights even when it sends events; where it skips
    // those of zeros, events are its cheaper way at that price, and the end lies at 9.44 %.
    const halved = { ...paper, sparseEvent: paper.sparseEvent / 2 };
    const high = (twinFetch: TwinFetch) => breakEven(at(steps, weightBits, { twinFetch }), halved).spikeRate;
    expect(Math.abs(high("all") - movement[1])).toBeLessThan(tolerance);
    expect(high("active")).toBeCloseTo(0.0944, 4);
    expect(varied.get("sparseEvent")!.high).toBe(high("active"));
  });

  test("weight memory, by half: 5.39 % to 6.08 %", () => {
    expect(Math.abs(varied.get("weightBit")!.low - weights[0])).toBeLessThan(tolerance);
    expect(Math.abs(varied.get("weightBit")!.high - weights[1])).toBeLessThan(tolerance);
  });

  test.each(["accumulate", "multiplyAccumulate", "compare", "subtract"] as const)(
    "arithmetic hardly matters: %s",
    (price) => {
      const { low, high } = varied.get(price)!;
      expect(Math.max(centre - low, high - centre)).toBeLessThan(1.05 * arithmeticShift);
    },
  );

  test.each(["4", "8"] as const)("%s-bit weights: above which rate spikes had better travel as bits", (bits) => {
    const found = denseAbove(at(steps, Number(bits)), paper);
    expect(found).toBeCloseTo(published.denseAbove[bits], 3);
    expect(found).toBeGreaterThan(published.denseAbove.published[0]);
    expect(found).toBeLessThan(published.denseAbove.published[1]);
  });
});

describe("VGG16 on CIFAR-10: a regression, its rates were fitted", () => {
  const { hops, tolerance, steps, rate, ttfs, eta, fitted } = published.vgg16Cifar10;
  const ratios = (code: "rate" | "ttfs", eta = paper.sparseEvent / paper.denseBit) =>
    steps.map(
      (T, i) =>
        compareTwin(
          at(T, 8, {
            spikeRate: fitted.spikeRate[i]!,
            active: fitted.active[i]!,
            weightReuse: Infinity,
            fanIn: Infinity,
            hops,
            code,
          }),
          { ...paper, sparseEvent: eta * paper.denseBit },
        ).ratio,
    );

  test.each([
    ["rate", rate],
    ["ttfs", ttfs],
  ] as const)("%s code, T = 3 … 8", (code, stated) => {
    ratios(code).forEach((ratio, i) => {
      expect(Math.abs(ratio - stated[i]!)).toBeLessThan(tolerance);
    });
  });

  test.each(Object.entries(eta))("η = %s gives the published range", (value, [low, high]) => {
    const made = ratios("rate", Number(value));
    expect(Math.abs(Math.min(...made) - low)).toBeLessThan(tolerance);
    expect(Math.abs(Math.max(...made) - high)).toBeLessThan(tolerance);
  });
});

test("SST-2 transformer: near T/b, a regression", () => {
  const { steps, hops, rate, fitted, tolerance } = published.sst2Transformer;
  steps.forEach((T, i) => {
    const options = at(T, 8, { spikeRate: fitted.spikeRate[i]!, hops, weightReuse: Infinity });
    expect(Math.abs(compareTwin(options, paper).ratio - rate[i]!)).toBeLessThan(tolerance);
  });
});

test("parity of hops at T = 4, sr = 0.1, 8-bit weights: 0.40 and 0.61, where the paper has 0.46 and 0.67", () => {
  const crossings = (temporalReuse: number, prices = paper) =>
    parityAlong(at(4, 8, { spikeRate: 0.1, temporalReuse }), prices, "hops", [0, 5]);
  expect(crossings(1).at(-1)).toBeCloseTo(0.4, 2);
  expect(crossings(4).at(-1)).toBeCloseTo(0.61, 2);
  // Nearer than 0.23 hops the twin sends events too and wins again.
  expect(crossings(1)).toHaveLength(2);
  expect(crossings(1)[0]).toBeCloseTo(0.2349, 3);
  const needed = { ...paper, multiplyAccumulate: 0.043 / 0.17 };
  expect(crossings(1, needed).at(-1)).toBeCloseTo(0.46, 2);
  expect(crossings(4, needed).at(-1)).toBeCloseTo(0.667, 2);
});

test("what is published and cannot be checked is listed with its reason", () => {
  expect(published.missing.length).toBeGreaterThan(0);
  for (const { reason, published: figures } of published.missing) {
    expect(reason.length).toBeGreaterThan(10);
    expect(figures.length).toBeGreaterThan(0);
  }
});
