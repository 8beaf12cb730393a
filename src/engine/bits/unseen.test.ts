import fc from "fast-check";
import { expect, test } from "vitest";
import { anyNetwork } from "./any-network.fixture.ts";
import { toNetlist } from "./netlist.ts";
import { mnistShape, randomNetwork, randomSamples } from "./random-network.ts";
import { evaluate } from "./reference.ts";
import { simplified } from "./simplify.ts";
import { addressCounts, withoutUnseen } from "./unseen.ts";

test("property: counts add up to the samples; seen samples keep every bit; logic does not grow", () => {
  fc.assert(
    fc.property(anyNetwork, fc.integer({ min: 1, max: 30 }), fc.nat(), (network, count, seed) => {
      const samples = randomSamples(network.input, count, seed);
      const counts = addressCounts(network, samples);
      network.layers.forEach(({ n, mapping }, i) => {
        for (let j = 0; j < mapping.length / n; j++) {
          expect(counts[i]!.subarray(j * 2 ** n, (j + 1) * 2 ** n).reduce((a, b) => a + b)).toBe(count);
        }
      });
      const small = withoutUnseen(network, counts);
      const { features } = network.input;
      for (let i = 0; i < count; i++) {
        const sample = samples.subarray(i * features, (i + 1) * features);
        expect(evaluate(small, sample)).toEqual(evaluate(network, sample));
      }
      expect(simplified(toNetlist(small)).luts.length).toBeLessThanOrEqual(simplified(toNetlist(network)).luts.length);
    }),
    { numRuns: 60 },
  );
});

test("two samples need one input a table at most", () => {
  const network = randomNetwork({ ...mnistShape, codeBits: 100, layers: [50, 20] }, 1);
  const samples = randomSamples(network.input, 2, 5);
  const { luts } = simplified(toNetlist(withoutUnseen(network, addressCounts(network, samples))));
  expect(luts).toEqual([]);
});

test("entries that few samples read may be given up, too", () => {
  const network = randomNetwork({ ...mnistShape, codeBits: 100, layers: [50, 20] }, 1);
  const counts = addressCounts(network, randomSamples(network.input, 300, 5));
  const inputs = (least: number) =>
    simplified(toNetlist(withoutUnseen(network, counts, least))).luts.reduce((sum, lut) => sum + lut.inputs.length, 0);
  expect(inputs(20)).toBeLessThan(inputs(1));
});
