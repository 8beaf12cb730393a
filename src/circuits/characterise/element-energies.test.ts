import fc from "fast-check";
import { expect, test } from "vitest";
import { elementEnergies } from "./element-energies.ts";
import { layerEnergy } from "./layer-energy.ts";
import { defaultArray } from "./trace.ts";
import type { WeightTable } from "./weight-table.ts";

/** Ē(w) = 10 + |w|: enough to tell weights apart. */
const table: WeightTable = {
  weightBits: 8,
  energies: Float64Array.from({ length: 256 }, (_, i) => 10 + Math.abs(i - 128)),
  unit: "pJ",
  origin: { level: "measured", stimulus: "a formula" },
};

test("two tiles by hand: weights that share an element add up, idle ones cost Ē(0)", () => {
  const array = { ...defaultArray, rows: 2, columns: 2 };
  const shape = { outputs: 1, inputs: 3, steps: 5 };
  const weights = Int8Array.of(1, -20, 3);
  expect([...elementEnergies(weights, shape, table, array)]).toEqual([5 * (11 + 13), 0, 5 * 30, 0]);
  // Rows 0 and 1 of column 1 are idle in both tiles, row 1 of column 0 in the second.
  expect([...elementEnergies(weights, shape, table, array, { areIdleGated: false })]).toEqual([120, 100, 200, 100]);
});

test("all elements together are the layer", () => {
  fc.assert(
    fc.property(
      fc.record({
        rows: fc.integer({ min: 1, max: 9 }),
        columns: fc.integer({ min: 1, max: 9 }),
        outputs: fc.integer({ min: 1, max: 20 }),
        inputs: fc.integer({ min: 1, max: 20 }),
        steps: fc.integer({ min: 2, max: 50 }),
        areIdleGated: fc.boolean(),
        seed: fc.nat(1000),
      }),
      ({ rows, columns, outputs, inputs, steps, areIdleGated, seed }) => {
        const array = { ...defaultArray, rows, columns };
        const shape = { outputs, inputs, steps };
        const weights = Int8Array.from({ length: outputs * inputs }, (_, i) => ((i * 89 + seed) % 255) - 127);
        const found = elementEnergies(weights, shape, table, array, { areIdleGated });
        expect(found.length).toBe(rows * columns);
        const { total } = layerEnergy(weights, shape, table, array, { areIdleGated });
        expect(found.reduce((sum, energy) => sum + energy, 0)).toBeCloseTo(total, 6);
      },
    ),
  );
});
