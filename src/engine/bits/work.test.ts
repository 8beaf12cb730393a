import fc from "fast-check";
import { expect, test } from "vitest";
import { anyNetwork } from "./any-network.fixture.ts";
import { mnistShape, randomNetwork, randomSamples } from "./random-network.ts";
import { evaluate } from "./reference.ts";
import { comparedBits, shareOfOnes, workOf } from "./work.ts";

test("property: shares of ones are those that the reference puts out", () => {
  fc.assert(
    fc.property(anyNetwork, fc.nat(), (network, seed) => {
      const { features } = network.input;
      const samples = randomSamples(network.input, 8, seed);
      const all = Array.from({ length: 8 }, (_, i) =>
        evaluate(network, samples.subarray(features * i, features * (i + 1))),
      );
      shareOfOnes(network, samples).forEach((shares, layer) => {
        const expected = Array.from(
          shares,
          (_, j) => all.reduce((sum, one) => sum + one.layers[layer + 1]![j]!, 0) / 8,
        );
        expect([...shares]).toEqual(expected);
      });
    }),
    { numRuns: 40 },
  );
});

test("a comparison with a constant compares the bits above the lowest one of the next number", () => {
  expect([127, 63, 191, 31, 0, 254].map(comparedBits)).toEqual([1, 2, 2, 3, 8, 8]);
  for (let threshold = 0; threshold < 255; threshold++) {
    const shift = 8 - comparedBits(threshold);
    const wrong = Array.from({ length: 256 }, (_, x) => x).filter(
      (x) => x >> shift > threshold >> shift !== x > threshold,
    );
    expect(wrong).toEqual([]);
  }
});

test("work of a network: features and bits that are read, tables, groups", () => {
  const shape = { ...mnistShape, input: { dtype: "uint8", features: 5 }, codeBits: 9, layers: [40, 20] } as const;
  const work = workOf(randomNetwork(shape, 3));
  expect(work).toMatchObject({ inputBits: 40, classes: 10, counted: 2 });
  expect(work.layers).toEqual([
    { name: "layer 1", tables: 40 },
    { name: "layer 2", tables: 20 },
  ]);
  expect(work.comparators.length).toBeLessThanOrEqual(9);
});
