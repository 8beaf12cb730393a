import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupSize, tableCount } from "./network.ts";
import { withFewerOutputs } from "./prune.ts";
import { randomNetwork, randomSamples } from "./random-network.ts";
import { classifyReference, evaluate } from "./reference.ts";

const shape = {
  input: { dtype: "uint8", features: 6 },
  codeBits: 12,
  bitsPerFeature: 3,
  layers: [20, 12],
  n: 4,
  classes: 3,
} as const;
const network = randomNetwork(shape, 5);
const samples = randomSamples(network.input, 60, 1) as Uint8Array;
const labels = classifyReference(network, samples);

test("property: what stays are outputs of the same class, in order, with the same bits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(), (kept, seed) => {
      const given = randomNetwork(shape, seed);
      const made = withFewerOutputs(given, samples, labels, kept);
      expect(groupSize(made)).toBe(kept);
      for (let i = 0; i < 5; i++) {
        const sample = samples.subarray(6 * i, 6 * i + 6);
        const [before, after] = [evaluate(given, sample).layers.at(-1)!, evaluate(made, sample).layers.at(-1)!];
        const group = (bits: Uint8Array, k: number, size: number) => [...bits.subarray(k * size, (k + 1) * size)];
        for (let k = 0; k < 3; k++) {
          const [all, some] = [group(before, k, 4), group(after, k, kept)];
          expect(some.reduce((sum, bit) => sum + bit, 0)).toBeLessThanOrEqual(all.reduce((sum, bit) => sum + bit, 0));
        }
      }
      expect(tableCount(made.layers[0]!)).toBe(20);
    }),
    { numRuns: 30 },
  );
});

test("all outputs kept is the network itself", () => {
  expect(withFewerOutputs(network, samples, labels, 4)).toEqual(network);
});

test("outputs that are always zero go first: nothing changes for any sample", () => {
  const made = structuredClone(network);
  // One dead output in each class.
  for (const j of [1, 6, 8]) made.layers[1]!.tables[j] = 0;
  const own = classifyReference(made, samples);
  expect(classifyReference(withFewerOutputs(made, samples, own, 3), samples)).toEqual(own);
});

test("an output that contradicts the labels goes before one that agrees", () => {
  // One table a bit: four outputs a class copy one bit each; labels are that bit, so copies of its complement do harm.
  const bits = { feature: Uint32Array.of(0), threshold: Float64Array.of(127) };
  const layer = { n: 1, mapping: new Uint32Array(8), tables: Uint32Array.of(1, 1, 1, 2, 2, 2, 2, 1) };
  const given = { input: { dtype: "uint8", features: 1 }, encoder: bits, layers: [layer], classes: 2 } as const;
  const pixels = Uint8Array.from({ length: 20 }, (_, i) => (i % 2) * 255);
  const made = withFewerOutputs(
    given,
    pixels,
    [...pixels].map((x) => x >> 7),
    3,
  );
  expect([...made.layers[0]!.tables]).toEqual([1, 1, 1, 2, 2, 2]);
});

describe("mistakes", () => {
  test.each([0, 5, 1.5])("%s outputs of four", (kept) => {
    expect(() => withFewerOutputs(network, samples, labels, kept)).toThrow(
      expect.objectContaining({ code: "bits.prune", expected: expect.stringContaining("1 to 4") }),
    );
  });
});
