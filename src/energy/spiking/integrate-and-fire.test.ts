/** Theorems 1 and 2: what T steps of a neuron without leak have to do with a quantiser of T + 1 levels. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { averageSpikeRate, integrateAndFire, spikeRateBounds, twinActivation, twinBits } from "./index.ts";

describe("check 5: twin bits", () => {
  test("T = 2^b − 1 is b bits without a wasted level; 4 … 7 all map to 3", () => {
    for (let b = 1; b <= 30; b++) {
      expect(twinBits(2 ** b - 1)).toBe(b);
      if (b < 30) expect(twinBits(2 ** b)).toBe(b + 1);
    }
    expect([4, 5, 6, 7].map(twinBits)).toEqual([3, 3, 3, 3]);
    for (let T = 1; T < 300; T++) expect(2 ** twinBits(T)).toBeGreaterThanOrEqual(T + 1);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity])("T = %f is refused", (steps) => {
    expect(() => twinBits(steps)).toThrow(expect.objectContaining({ code: "energy.spiking", where: "T" }));
  });
});

/** Whole currents, as hardware adds them, with a threshold and a start below it. */
const neuron = (low: number, high: (threshold: number) => number) =>
  fc.integer({ min: 1, max: 50 }).chain((threshold) =>
    fc.record({
      threshold: fc.constant(threshold),
      start: fc.integer({ min: 0, max: threshold - 1 }),
      currents: fc.array(fc.integer({ min: low, max: high(threshold) }), { minLength: 1, maxLength: 40 }),
    }),
  );

const anyNeuron = neuron(-120, () => 120);

describe("theorem 1", () => {
  test("check 4: who accumulates first is the twin, whatever the currents", () => {
    fc.assert(
      fc.property(anyNeuron, ({ currents, threshold, start }) => {
        const { count } = integrateAndFire(currents, { threshold, start, delay: "accumulate" });
        expect(count).toBe(twinActivation(currents, { threshold, start }));
      }),
      { numRuns: 2000 },
    );
  });

  test("who streams is the twin where every current lies in [0, θ)", () => {
    fc.assert(
      fc.property(
        neuron(0, (threshold) => threshold - 1),
        ({ currents, threshold, start }) => {
          const { count, membrane } = integrateAndFire(currents, { threshold, start, delay: "stream" });
          expect(count).toBe(twinActivation(currents, { threshold, start }));
          expect(membrane).toBeLessThan(threshold);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("check 4: θ = 1, currents 1.5, 1.5, −3: streaming fires twice, the twin not at all", () => {
    const currents = [1.5, 1.5, -3];
    expect(twinActivation(currents, { threshold: 1 })).toBe(0);
    expect(integrateAndFire(currents, { threshold: 1, delay: "stream" })).toMatchObject({ count: 2, membrane: -2 });
    expect(integrateAndFire(currents, { threshold: 1, delay: "accumulate" }).count).toBe(0);
    expect(integrateAndFire(currents, { threshold: 1, delay: 2 }).spikes).toEqual(new Uint8Array([1, 0, 0]));
  });

  test("currents above θ saturate a stream too, so it disagrees from above and from below", () => {
    const late = [0, 0, 6];
    expect(twinActivation(late, { threshold: 2 })).toBe(3);
    expect(integrateAndFire(late, { threshold: 2, delay: "stream" }).count).toBe(1);
  });

  test("a start of θ/2 rounds to the nearest level, a half upwards", () => {
    const round = (sum: number) => twinActivation([sum, 0, 0, 0], { threshold: 1, start: 0.5 });
    expect([0.49, 0.5, 1.25, 2.5, 9].map(round)).toEqual([0, 1, 1, 3, 4]);
  });

  test("for any delay: what came in went out as spikes or is on the membrane", () => {
    fc.assert(
      fc.property(anyNeuron, fc.double({ min: 0, max: 1, noNaN: true }), ({ currents, threshold, start }, share) => {
        const delay = 1 + Math.floor(share * (currents.length - 1));
        const { count, membrane, spikes } = integrateAndFire(currents, { threshold, start, delay });
        expect(threshold * count + membrane).toBe(currents.reduce((sum, current) => sum + current, start));
        expect(spikes.reduce((sum, spike) => sum + spike, 0)).toBe(count);
        expect(integrateAndFire(currents, { threshold, start, delay: currents.length })).toEqual(
          integrateAndFire(currents, { threshold, start, delay: "accumulate" }),
        );
      }),
    );
  });

  test.each([
    [{ threshold: 0 }, "threshold"],
    [{ threshold: 1, start: 1 }, "start"],
    [{ threshold: 1, delay: 4 }, "delay"],
    [{ threshold: 1, delay: 0 }, "delay"],
  ])("%j is refused", (options, where) => {
    expect(() => integrateAndFire([1, 2, 3], options)).toThrow(
      expect.objectContaining({ code: "energy.spiking", where }),
    );
  });
});

test("theorem 2: a/T ≤ sr ≤ a for the codes of any layer", () => {
  const codes = fc
    .integer({ min: 1, max: 20 })
    .chain((T) =>
      fc.record({ T: fc.constant(T), q: fc.array(fc.integer({ min: 0, max: T }), { minLength: 1, maxLength: 100 }) }),
    );
  fc.assert(
    fc.property(codes, ({ T, q }) => {
      const active = q.filter((code) => code > 0).length / q.length;
      const rate = q.reduce((sum, code) => sum + code, 0) / q.length / T;
      const { low, high } = spikeRateBounds(T, active);
      expect(rate).toBeGreaterThanOrEqual(low - 1e-12);
      expect(rate).toBeLessThanOrEqual(high + 1e-12);
    }),
  );
  expect(averageSpikeRate(5, 0.17)).toBeCloseTo((0.17 * (1 / 5 + 1)) / 2, 15);
});
