import fc from "fast-check";
import { expect, test } from "vitest";
import { anyNetwork } from "./any-network.fixture.ts";
import { shareOfOnes } from "./ones.ts";
import { randomSamples } from "./random-network.ts";
import { evaluate } from "./reference.ts";

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
