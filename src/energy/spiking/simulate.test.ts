/** Whole networks of neurons against their twins, on whole numbers as in hardware. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DenseLayer, simulateSpikes, simulateTwin, spikeRateBounds } from "./index.ts";

/**
 * Weights of 4 bits, biases and inputs that T divides, so that every current is a whole number; even thresholds, so that
 * θ/2 is one.
 */
const network = fc
  .record({
    steps: fc.constantFrom(1, 3, 7),
    widths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 4 }),
  })
  .chain(({ steps, widths }) => {
    const whole = (count: number, least: number, most: number) =>
      fc.array(fc.integer({ min: least, max: most }), { minLength: count, maxLength: count });
    const layers = widths.slice(1).map((outputs, i) => {
      const inputs = widths[i]!;
      const isLast = i === widths.length - 2;
      return fc.record({
        inputs: fc.constant(inputs),
        outputs: fc.constant(outputs),
        weights: whole(inputs * outputs, -7, 7),
        bias: whole(outputs, -3, 3).map((bias) => bias.map((value) => value * steps)),
        thresholds: isLast
          ? fc.constant(undefined)
          : whole(outputs, 1, 8).map((half) => half.map((value) => 2 * value)),
      });
    });
    return fc.record({
      steps: fc.constant(steps),
      layers: fc.tuple(...layers) as fc.Arbitrary<DenseLayer[]>,
      example: whole(widths[0]!, 0, 9).map((values) => values.map((value) => value * steps)),
    });
  });

describe("accumulating", () => {
  test("check 4: equals the twin on every neuron of every layer, and in its outputs", () => {
    fc.assert(
      fc.property(network, ({ layers, example, steps }) => {
        expect(simulateSpikes(layers, example, steps, "accumulate")).toEqual(simulateTwin(layers, example, steps));
      }),
      { numRuns: 500 },
    );
  });
});

describe("streaming", () => {
  test("one step is exact too, since there is nothing to be uneven over", () => {
    fc.assert(
      fc.property(network, ({ layers, example }) => {
        expect(simulateSpikes(layers, example, 1, "stream")).toEqual(simulateTwin(layers, example, 1));
      }),
    );
  });

  test("differs where a positive current comes before a negative one", () => {
    // two inputs: the first fires early, the second late and inhibits
    const layers: DenseLayer[] = [
      { inputs: 2, outputs: 2, weights: [1, 0, 0, 1], bias: [0, 0], thresholds: [2, 10] },
      { inputs: 2, outputs: 1, weights: [4, -8], bias: [0], thresholds: [4] },
      { inputs: 1, outputs: 1, weights: [1], bias: [0], thresholds: undefined },
    ];
    const example = [2, 6];
    expect(simulateTwin(layers, example, 3).counts.map((codes) => [...codes])).toEqual([[1, 1], [0]]);
    expect(simulateSpikes(layers, example, 3, "stream").counts.map((codes) => [...codes])).toEqual([[1, 1], [1]]);
  });

  test("theorem 2 holds for real spikes as it does for codes", () => {
    fc.assert(
      fc.property(network, ({ layers, example, steps }) => {
        for (const counts of simulateSpikes(layers, example, steps, "stream").counts) {
          const rate = counts.reduce((sum, count) => sum + count, 0) / counts.length / steps;
          const active = counts.filter((count) => count > 0).length / counts.length;
          const { low, high } = spikeRateBounds(steps, active);
          expect(rate).toBeGreaterThanOrEqual(low - 1e-12);
          expect(rate).toBeLessThanOrEqual(high + 1e-12);
        }
      }),
    );
  });
});

test("layers that do not fit together are refused", () => {
  const layer: DenseLayer = { inputs: 2, outputs: 1, weights: [1, 1], bias: [0], thresholds: [1] };
  expect(() => simulateTwin([layer], [1, 2, 3], 3)).toThrow(
    expect.objectContaining({ code: "energy.spiking", where: "layer 0" }),
  );
  expect(() => simulateSpikes([layer, layer], [1, 2], 3, "stream")).toThrow(
    expect.objectContaining({ where: "layer 1", expected: expect.stringContaining("1 inputs") }),
  );
});
