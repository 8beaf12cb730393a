/** The two sums: the sheet's numeric point, limits, continuity, and the laws that hold over all parameters. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  breakEven,
  compareTwin,
  denseAbove,
  qnnEnergy,
  type SideEnergy,
  snnEnergy,
  spikeRateBounds,
  type TwinOptions,
  twinParameters,
} from "./index.ts";
import { paper } from "./paper.fixture.ts";

const point: TwinOptions = { steps: 5, spikeRate: 0.05, weightBits: 4 };

test("check 1: every term of T = 5, sr = 0.05, 4-bit weights", () => {
  const { snn, qnn, ratio, warnings } = compareTwin(point, paper);
  expect(snn.total).toBeCloseTo(0.80325, 5);
  expect(snn.terms.compute).toBeCloseTo(0.01362, 10);
  expect(snn.ways.sparse).toBeCloseTo(0.7888, 10);
  expect(snn.ways.dense).toBeCloseTo(2.026, 10);
  expect(snn.terms.threshold + snn.terms.reset + snn.terms.state).toBeCloseTo(0.000828, 6);
  expect(snn.branch).toBe("sparse");
  expect(qnn.total).toBeCloseTo(0.92153, 5);
  expect(qnn.terms.compute).toBeCloseTo(0.01632, 10);
  expect(qnn.ways.dense).toBeCloseTo(0.9052, 10);
  expect(qnn.ways.sparse).toBeCloseTo(1.5564, 4);
  expect(qnn.branch).toBe("dense");
  expect(ratio).toBeCloseTo(0.8716, 4);
  expect(warnings).toEqual([]);
});

test("check 8: without a spike the neurons still compare, read and write their state", () => {
  const { terms, total } = snnEnergy({ ...point, spikeRate: 0 }, paper);
  expect(terms).toMatchObject({ compute: 0, weights: 0, movement: 0, reset: 0 });
  expect(total).toBeCloseTo((5 * 0.05448 + 2 * 5 * 8 * 0.0388) / 4096, 12);
  expect(total).toBeGreaterThan(0);
});

describe("limits", () => {
  test.each([
    [1, 1],
    [3, 1.5],
    [7, 7 / 3],
    [15, 3.75],
    [31, 6.2],
  ])("check 7: T = %i far away costs T/b = %f times the twin, above sr = E_D/E_S", (steps, limit) => {
    expect(paper.denseBit / paper.sparseEvent).toBeCloseTo(0.0833, 4);
    const { ratio, snn } = compareTwin({ ...point, steps, spikeRate: 0.0834, hops: 1e9 }, paper);
    expect(snn.branch).toBe("dense");
    expect(ratio).toBeCloseTo(limit, 6);
    expect(compareTwin({ ...point, steps, spikeRate: 0.08, hops: 1e9 }, paper).ratio).toBeLessThan(limit);
  });

  test("check 7: without movement and memory spikes win where T·sr < k(1 − γ)", () => {
    const arithmetic = { ...paper, weightBit: 0, stateBit: 0 };
    const k = paper.multiplyAccumulate / paper.accumulate;
    const ratioAt = (spikeRate: number, steps: number) =>
      compareTwin({ steps, spikeRate, weightBits: 4, hops: 0, fanIn: Infinity }, arithmetic).ratio;
    for (const steps of [2, 5, 9]) {
      expect(ratioAt((k * 0.17) / steps, steps)).toBeCloseTo(1, 12);
      expect(ratioAt((0.99 * k * 0.17) / steps, steps)).toBeLessThan(1);
    }
  });

  test.each([
    ["lowest", () => 1],
    ["average", (steps: number) => (1 + steps) / 2],
    ["highest", (steps: number) => steps],
  ] as const)("on arithmetic alone the %s spike rate needs k of", (spikeRate, needed) => {
    for (const steps of [1, 4, 15]) {
      const k = needed(steps);
      const free = { ...paper, weightBit: 0, stateBit: 0, multiplyAccumulate: k * paper.accumulate };
      expect(compareTwin({ steps, spikeRate, weightBits: 4, hops: 0, fanIn: Infinity }, free).ratio).toBeCloseTo(1, 12);
    }
  });
});

describe("variants", () => {
  test("a single spike costs the same whatever T·sr is", () => {
    const ttfs = snnEnergy({ ...point, code: "ttfs", spikeRate: "lowest" }, paper);
    const rate = snnEnergy({ ...point, spikeRate: "lowest" }, paper);
    expect(ttfs).toEqual(rate);
    expect(snnEnergy({ ...point, code: "ttfs", spikeRate: 0.17 }, paper)).toEqual(ttfs);
    expect(snnEnergy({ ...point, spikeRate: "average" }, paper).total).toBeGreaterThan(ttfs.total);
    expect(breakEven({ ...point, code: "ttfs" }, paper)).toMatchObject(breakEven(point, paper));
  });

  test("a bit-serial twin adds once for each one-bit; the rest stays", () => {
    const serial = qnnEnergy({ ...point, multiplier: "bit-serial", onesPerActivation: 0.25 }, paper);
    const parallel = qnnEnergy(point, paper);
    expect(serial.terms.compute).toBeCloseTo(0.25 * 0.05448, 12);
    expect({ ...serial.terms, compute: 0 }).toEqual({ ...parallel.terms, compute: 0 });
  });

  test("multicast shares movement between synapses, on both sides, and nothing else", () => {
    const [alone, shared] = [compareTwin(point, paper), compareTwin({ ...point, multicast: 2 }, paper)];
    for (const side of ["snn", "qnn"] as const) {
      const { terms } = alone[side];
      expect(shared[side].terms).toEqual({ ...terms, movement: terms.movement / 2 });
    }
    // shared further, even the twin had better send events, and skip the weights of zeros
    expect(compareTwin({ ...point, multicast: 10 }, paper).qnn.branch).toBe("sparse");
  });

  test("a twin that fetches all weights saves none by sending events", () => {
    const [active, all] = (["active", "all"] as const).map((twinFetch) => qnnEnergy({ ...point, twinFetch }, paper));
    expect(all!.ways.sparse - active!.ways.sparse).toBeCloseTo(0.83 * 4 * 0.0388, 12);
    expect(all!.ways.dense).toBe(active!.ways.dense);
  });

  test("weight reuse in space serves both sides, reuse in time the spikes", () => {
    const shared = compareTwin({ ...point, weightReuse: 4, temporalReuse: 5 }, paper);
    expect(shared.snn.terms.weights).toBeCloseTo((0.25 * 4 * 0.0388) / 20, 12);
    expect(shared.qnn.terms.weights).toBeCloseTo((4 * 0.0388) / 4, 12);
  });
});

/** Evenly spread, unlike doubles, which crowd around zero. */
const share = fc.integer({ min: 0, max: 1000 }).map((part) => part / 1000);

const anyPoint = fc
  .record({
    steps: fc.integer({ min: 1, max: 40 }),
    active: share,
    share,
    weightBits: fc.integer({ min: 1, max: 16 }),
    fanIn: fc.integer({ min: 1, max: 10000 }),
    hops: share.map((part) => 20 * part),
    weightReuse: fc.integer({ min: 1, max: 1000 }),
    temporal: share,
    multicast: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ share, temporal, ...rest }): TwinOptions & { spikeRate: number } => {
    const { low, high } = spikeRateBounds(rest.steps, rest.active);
    return { ...rest, spikeRate: low + share * (high - low), temporalReuse: 1 + temporal * (rest.steps - 1) };
  });

const sumOfTerms = ({ terms }: SideEnergy) => Object.values(terms).reduce((sum, term) => sum + term, 0);

describe("laws", () => {
  test("terms sum to totals, and the cheaper way is taken", () => {
    fc.assert(
      fc.property(anyPoint, (options) => {
        for (const side of [snnEnergy(options, paper), qnnEnergy(options, paper)]) {
          expect(Math.abs(sumOfTerms(side) - side.total)).toBeLessThanOrEqual(1e-12 * side.total);
          expect(side.ways[side.branch]).toBe(Math.min(side.ways.sparse, side.ways.dense));
          expect(Number.isFinite(side.total) && side.total >= 0).toBe(true);
        }
      }),
    );
  });

  test("check 6: the ratio never falls with the spike rate, nor with T at fixed b and sr", () => {
    fc.assert(
      fc.property(anyPoint, share, (options, up) => {
        const { ratio } = compareTwin(options, paper);
        const busier = compareTwin({ ...options, spikeRate: options.spikeRate + up * (1 - options.spikeRate) }, paper);
        expect(busier.ratio).toBeGreaterThanOrEqual(ratio * (1 - 1e-12));
        const fixed = { ...options, activationBits: 6, temporalReuse: 1 };
        const longer = compareTwin({ ...fixed, steps: options.steps + 1 }, paper);
        expect(longer.ratio).toBeGreaterThanOrEqual(compareTwin(fixed, paper).ratio * (1 - 1e-12));
      }),
    );
  });

  test("check 6: the ratio never falls with E_S as long as the twin sends bits", () => {
    fc.assert(
      fc.property(anyPoint, share, (options, up) => {
        // the least price from which the twin sends bits
        const bitsFrom = (p: TwinOptions) => {
          const { activationBits, hops, multicast } = twinParameters(p);
          const { dense, sparse } = qnnEnergy(p, { ...paper, sparseEvent: 0 }).ways;
          return (dense - sparse) / ((p.active! * activationBits * hops) / multicast);
        };
        fc.pre(options.active! > 0 && options.hops! > 0);
        const cheap = { ...paper, sparseEvent: 1.001 * bitsFrom(options) };
        const dear = { ...paper, sparseEvent: (1 + 9 * up) * cheap.sparseEvent };
        expect(qnnEnergy(options, cheap).branch).toBe("dense");
        expect(compareTwin(options, dear).ratio).toBeGreaterThanOrEqual(
          compareTwin(options, cheap).ratio * (1 - 1e-12),
        );
      }),
    );
  });

  test("where the twin sends events too, dearer events can favour spikes", () => {
    // why the law above has its condition: both sides pay E_S, the twin b times per active neuron
    const options: TwinOptions = { steps: 4, spikeRate: 0.0644, active: 0.166, weightBits: 8, weightReuse: Infinity };
    const at = (eta: number) =>
      compareTwin({ ...options, hops: 0.64 }, { ...paper, sparseEvent: eta * paper.denseBit });
    expect([at(1).qnn.branch, at(4).qnn.branch]).toEqual(["sparse", "sparse"]);
    expect(at(4).ratio).toBeLessThan(at(1).ratio);
  });

  test("check 6: no jump where the spiking layer changes from events to bits", () => {
    fc.assert(
      fc.property(anyPoint, (options) => {
        const rate = denseAbove(options, paper);
        fc.pre(rate > 1e-6 && rate < 1 - 1e-6);
        const [below, above] = [rate - 1e-9, rate + 1e-9].map((spikeRate) =>
          snnEnergy({ ...options, spikeRate }, paper),
        );
        expect([below!.branch, above!.branch]).toEqual(["sparse", "dense"]);
        expect(Math.abs(above!.total - below!.total)).toBeLessThan(1e-6 * above!.total);
      }),
    );
  });

  test("below the break-even spikes win, above they lose", () => {
    fc.assert(
      fc.property(anyPoint, (options) => {
        const { spikeRate, wins } = breakEven(options, paper);
        const ratioAt = (rate: number) => compareTwin({ ...options, spikeRate: rate }, paper).ratio;
        if (wins === "always") expect([spikeRate, ratioAt(1) <= 1]).toEqual([1, true]);
        else if (wins === "never") expect([spikeRate, ratioAt(0) > 1]).toEqual([0, true]);
        else {
          expect(ratioAt(spikeRate * 0.999)).toBeLessThanOrEqual(1);
          expect(ratioAt(Math.min(1, spikeRate * 1.001))).toBeGreaterThanOrEqual(1 - 1e-9);
        }
      }),
    );
  });
});
