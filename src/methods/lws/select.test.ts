/** @file Sets and their selection: the laws of the projection, the order of the scores, and what is refused. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { energyAt, layerEnergy } from "../../circuits/characterise/index.ts";
import { defaultArray } from "../../circuits/characterise/trace.ts";
import { costOf, type Score, selectWeights } from "./select.ts";
import { randomLayer, randomTable } from "./synthetic.fixture.ts";
import { type SelectableLayer, tallyWeights } from "./tally.ts";
import { checkValueSet, projection, projectWeights } from "./value-set.ts";

const all = Array.from({ length: 255 }, (_, i) => i - 127);
const seeds = fc.integer({ min: 0, max: 1e6 });
const sets = fc
  .uniqueArray(fc.integer({ min: -127, max: 127 }), { minLength: 3, maxLength: 40 })
  .map((values) => [...new Set([0, ...values])]);

const codeOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error.code;
    throw error;
  }
  return "nothing thrown";
};

describe("projection", () => {
  it("gives the nearest member, ties to the cheaper one, and nothing new the second time", () => {
    fc.assert(
      fc.property(sets, seeds, (values, seed) => {
        const table = randomTable(seed);
        const nearest = projection(values, table);
        for (const weight of all) {
          const to = nearest[weight + 128]!;
          expect(values).toContain(to);
          const distance = Math.min(...values.map((value) => Math.abs(value - weight)));
          expect(Math.abs(to - weight)).toBe(distance);
          for (const value of values) {
            if (Math.abs(value - weight) === distance) {
              expect(energyAt(table, to)).toBeLessThanOrEqual(energyAt(table, value));
            }
          }
          expect(nearest[to + 128]).toBe(to);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("with all 255 values, weights and energy are the baseline's to the bit", () => {
    const { weights } = randomLayer(1);
    const table = randomTable(1);
    const kept = projectWeights(weights, all, table);
    expect(kept).toEqual(weights);
    const shape = { outputs: 4, inputs: 150, steps: 64 };
    expect(layerEnergy(kept, shape, table, defaultArray)).toEqual(layerEnergy(weights, shape, table, defaultArray));
  });
});

/** Σ over single weights, as the sheet writes it. */
function slowCost(layer: SelectableLayer, values: readonly number[], table: ReturnType<typeof randomTable>) {
  const to = projectWeights(layer.weights, values, table);
  let [energy, loss] = [0, 0];
  to.forEach((value: number, i: number) => {
    const delta = (value - layer.weights[i]!) * layer.scales[Math.floor(i / (to.length / layer.outputs))]!;
    energy += energyAt(table, value);
    loss += layer.gradient[i]! * delta + 0.5 * layer.fisher[i]! * delta ** 2;
  });
  return { energy, loss };
}

/** One removal by the sheet's formulas, over single weights. */
function slowRemoval(layer: SelectableLayer, values: readonly number[], table: ReturnType<typeof randomTable>): number {
  const before = slowCost(layer, values, table);
  const scored = values
    .filter((value) => value !== 0)
    .map((value) => {
      const after = slowCost(
        layer,
        values.filter((other) => other !== value),
        table,
      );
      const saved = before.energy - after.energy;
      const loss = Math.max(0, after.loss - before.loss) + 1e-9;
      return { value, score: saved > 0 ? saved / loss : saved * loss * 1e9 };
    });
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).value;
}

describe("selection", () => {
  it("keeps 0 and the size that was asked for, whatever the score", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 3, max: 40 }),
        fc.constantFrom<Score>("ratio", "energy-only", "loss-only"),
        (seed, size, score) => {
          const layer = randomLayer(seed);
          const { values, after } = selectWeights(layer, randomTable(seed), { size, score });
          expect(checkValueSet(values, 8)).toEqual(values);
          expect(values).toHaveLength(size);
          const slow = slowCost(layer, values, randomTable(seed));
          expect(after.energy).toBeCloseTo(slow.energy, 6);
          expect(after.loss).toBeCloseTo(slow.loss, 9);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("takes out what the formula over single weights takes out", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.uniqueArray(fc.integer({ min: -60, max: 60 }), { minLength: 4, maxLength: 14 }),
        (seed, set) => {
          const from = checkValueSet([...new Set([0, ...set])], 8);
          const [layer, table] = [randomLayer(seed, { count: 200 }), randomTable(seed)];
          // Sums in another order may swap values whose loss is nil.
          fc.pre(from.every((value) => projectWeights(layer.weights, from, table).includes(value)));
          const { values } = selectWeights(layer, table, { size: from.length - 1, from });
          const expected = slowRemoval(layer, from, table);
          expect(from.filter((value) => !values.includes(value))).toEqual([expected]);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it("takes unused values out first", () => {
    const layer = { ...randomLayer(3), weights: randomLayer(3).weights.map((w: number) => (w % 2 === 0 ? w : 0)) };
    const used = new Set<number>([0, ...layer.weights]);
    const { values, after, before } = selectWeights(layer, randomTable(3), { size: used.size, from: all });
    expect(new Set(values)).toEqual(used);
    expect(after).toEqual(before);
  });

  it("one removal: by both, energy and loss lie between those by energy and by loss alone", () => {
    // A law of one step: the best ratio saves no less than the least loss does, and loses no more than the most saving.
    fc.assert(
      fc.property(seeds, (seed) => {
        const [layer, table] = [randomLayer(seed), randomTable(seed)];
        const tally = tallyWeights(layer, 8);
        const { values: from } = selectWeights(layer, table, { size: 20 });
        const at = (score: Score) => selectWeights(layer, table, { size: 19, from, score }).after;
        const [both, energy, loss] = [at("ratio"), at("energy-only"), at("loss-only")];
        const start = costOf(tally, from, table);
        // Losses below zero count as none.
        const lost = (cost: { loss: number }) => Math.max(0, cost.loss - start.loss);
        expect(both.energy).toBeGreaterThanOrEqual(energy.energy - 1e-6);
        expect(both.energy).toBeLessThanOrEqual(loss.energy + 1e-6);
        expect(lost(both)).toBeLessThanOrEqual(lost(energy) + 1e-9);
        expect(lost(both)).toBeGreaterThanOrEqual(lost(loss) - 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it.each([32, 16, 8])("whole eliminations to %i values lie in the same order on this layer", (size) => {
    const [layer, table] = [randomLayer(11, { count: 4000 }), randomTable(11)];
    const at = (score: Score) => selectWeights(layer, table, { size, score }).after;
    const [both, energy, loss] = [at("ratio"), at("energy-only"), at("loss-only")];
    expect([energy.energy, both.energy, loss.energy]).toEqual(
      [energy.energy, both.energy, loss.energy].toSorted((a, b) => a - b),
    );
    expect([loss.loss, both.loss, energy.loss]).toEqual([loss.loss, both.loss, energy.loss].toSorted((a, b) => a - b));
  });
});

describe("refused, one error each", () => {
  const layer = randomLayer(1);
  const select = (changed: object, size = 8) =>
    codeOf(() => selectWeights({ ...layer, ...changed }, randomTable(1), { size }));
  it.each([
    ["float weights without scale", "lws.float", { weights: new Float32Array(600), scales: undefined }],
    ["integers without scale", "lws.scale", { scales: undefined }],
    ["a scale of zero", "lws.scale", { scales: [0] }],
    ["|w| > 127", "lws.weight", { weights: new Int8Array(600).fill(-128) }],
    ["rows that do not come out", "lws.size", { outputs: 7 }],
    ["too few gradients", "lws.size", { gradient: [1] }],
    ["a negative Fisher term", "lws.sensitivity", { fisher: new Float64Array(600).fill(-1) }],
    ["a gradient that is no number", "lws.sensitivity", { gradient: new Float64Array(600).fill(Number.NaN) }],
    ["a layer of zeros", "lws.set-size", { weights: new Int8Array(600) }],
  ])("%s", (_, code, changed) => expect(select(changed)).toBe(code));

  it("sizes and sets", () => {
    expect(select({}, 2)).toBe("lws.set-size");
    for (const set of [[1, 2, 3], [0, 1], [0, 1, 1], [0, 1, 128], [0, 1, 0.5], []]) {
      expect(codeOf(() => projection(set, randomTable(1)))).toBe("lws.set");
    }
  });
});
