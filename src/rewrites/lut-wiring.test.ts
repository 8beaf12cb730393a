/** @file Mappings and candidates: balanced, without repetition, the same for the same seed. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { drawCandidates, randomMapping } from "./lut-wiring.ts";

const sizes = fc.record({
  features: fc.integer({ min: 1, max: 60 }),
  tables: fc.integer({ min: 1, max: 90 }),
  inputs: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

const named = (count: number) => Array.from({ length: count }, (_, i) => 3 * i + 1);

function uses(mapping: readonly number[], features: readonly number[]): number[] {
  const count = new Map(features.map((feature) => [feature, 0]));
  for (const feature of mapping) count.set(feature, count.get(feature)! + 1);
  return [...count.values()];
}

it("a random mapping reads every feature equally often, but for one", () => {
  fc.assert(
    fc.property(sizes, ({ features, tables, inputs, seed }) => {
      const from = named(features);
      const mapping = randomMapping(from, tables, inputs, new Rng(seed, "m"));
      expect(mapping.length).toBe(tables * inputs);
      const count = uses(mapping, from);
      expect(Math.max(...count) - Math.min(...count)).toBeLessThanOrEqual(1);
      expect(randomMapping(from, tables, inputs, new Rng(seed, "m"))).toEqual(mapping);
    }),
  );
});

it("candidates differ within a slot, are used about equally often, and no run spans two inputs of a table", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 20 }), ({ features, tables, inputs, seed }, wanted) => {
      const from = named(features);
      const { groups, width, features: drawn } = drawCandidates(from, tables, inputs, wanted, new Rng(seed, "c"));
      expect(drawn.length).toBe(groups * width);
      expect((tables * inputs) % groups).toBe(0);
      if (wanted >= features) {
        expect({ groups, width, drawn }).toEqual({ groups: 1, width: features, drawn: from });
        return;
      }
      expect(tables % ((tables * inputs) / groups)).toBe(0);
      for (let group = 0; group < groups; group++) {
        expect(new Set(drawn.slice(group * width, (group + 1) * width)).size).toBe(width);
      }
      const count = uses(drawn, from);
      expect(Math.max(...count) - Math.min(...count)).toBeLessThanOrEqual(2);
    }),
  );
});
