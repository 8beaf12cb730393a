/** @file Energy of networks from tables, savings beside their ceiling, and the baselines' weights. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import {
  Characteriser,
  collectStatistics,
  defaultArray,
  drawTransitions,
  energyAt,
  type WeightTable,
} from "../../circuits/characterise/index.ts";
import { convolutionLike } from "../../circuits/characterise/layer.fixture.ts";
import { buildMac } from "../../circuits/netlist/index.ts";
import { globalTable, powerPruningSet, pruneByMagnitude } from "./baselines.ts";
import { type SwitchedLayer, savingOf, switchingEnergy } from "./energy.ts";
import { randomLayer, randomTable } from "./synthetic.fixture.ts";
import { projectWeights } from "./value-set.ts";

const codeOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error.code;
    throw error;
  }
  return "nothing thrown";
};

/** 4 outputs, 150 inputs. */
const layer = (seed: number, own: Partial<SwitchedLayer> = {}): SwitchedLayer => ({
  ...{ name: `layer ${seed}`, weights: randomLayer(seed).weights, outputs: 4, inputs: 150, steps: 10 * (seed + 1) },
  ...{ table: randomTable(seed), ...own },
});
const withOrigin = (table: WeightTable, origin: Partial<WeightTable["origin"]>): WeightTable => ({
  ...table,
  origin: { ...table.origin, ...origin },
});

describe("switching energy", () => {
  it("is the sum over weights of what each costs, times the steps", () => {
    const layers = [layer(1), layer(2)];
    const { layers: rows, total } = switchingEnergy(layers, defaultArray);
    const slow = layers.map(({ weights, steps, table }) =>
      Array.from(weights, (w) => steps * energyAt(table, w)).reduce((a, b) => a + b, 0),
    );
    rows.forEach((row, i) => {
      expect(row.total / slow[i]!).toBeCloseTo(1, 12);
      expect(row.share).toBeCloseTo(slow[i]! / (slow[0]! + slow[1]!), 12);
    });
    expect(total).toBeCloseTo(slow[0]! + slow[1]!, 4);
  });

  it("check 9: with the table of a fused Booth unit, all weights zero cost T·K·M·Ē(0), and no choice costs less", async () => {
    const trace = convolutionLike({ channels: 2, outputs: 4, size: 8, images: 2, seed: 1 });
    const mac = buildMac({ multiplier: "booth4", isFused: true });
    const unit = await Characteriser.compile(mac, "unit");
    const table = unit.table(drawTransitions(collectStatistics(trace, defaultArray), { count: 512, seed: 1 }));
    const zeros = switchingEnergy([{ ...trace, weights: new Int8Array(72), table }], defaultArray);
    expect(zeros.total / (trace.steps * 18 * 4 * energyAt(table, 0))).toBeCloseTo(1, 12);
    expect(Math.min(...table.energies)).toBe(energyAt(table, 0));
    const now = switchingEnergy([{ ...trace, table }], defaultArray);
    expect(now.allZero).toBe(zeros.total);
    const { saving, ceiling } = savingOf(now, zeros);
    expect(saving).toBe(ceiling);
    expect(ceiling).toBeGreaterThan(0.2);
    expect(ceiling).toBeLessThan(0.7);
  });

  it("no set saves more than the ceiling, whatever the table whose cheapest weight is 0", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 127 }), { minLength: 2 }),
        (seed, set) => {
          const before = layer(seed % 1000);
          const after = { ...before, weights: projectWeights(before.weights, [0, ...set], before.table) };
          const at = (one: SwitchedLayer) => switchingEnergy([one], defaultArray);
          const { saving, ceiling } = savingOf(at(before), at(after));
          expect(saving).toBeLessThanOrEqual(ceiling + 1e-12);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("depthwise: one product a channel, each with one column, and idle elements that cost Ē(0) unless gated", () => {
    // 60 channels, 3 × 3: 60 tiles with 9 of 4096 elements.
    const depthwise = layer(1, { groups: 60, outputs: 1, inputs: 9, weights: new Int8Array(540).fill(5), steps: 100 });
    const gated = switchingEnergy([depthwise], defaultArray);
    const [row] = gated.layers;
    expect(row!.cycles).toBe(60 * (2 * 64 + 64 + 100 - 2));
    expect(row!.utilisation).toBeCloseTo((9 * 100) / (290 * 4096), 12);
    expect(row!.idle).toBe(0);
    const open = switchingEnergy([depthwise], defaultArray, { areIdleGated: false });
    expect(open.layers[0]!.idle / (60 * 4087 * 100 * energyAt(depthwise.table, 0))).toBeCloseTo(1, 12);
    // A dense layer of the same weights has the same switching in full elements.
    const dense = switchingEnergy([{ ...depthwise, groups: 1, outputs: 60 }], defaultArray);
    expect(gated.total / dense.total).toBeCloseTo(1, 12);
    expect(codeOf(() => savingOf(gated, open))).toBe("lws.mixed");
  });

  it("never mixes units, delay models, scales, arrays", () => {
    const plain = switchingEnergy([layer(1)], defaultArray);
    for (const origin of [{ netlistHash: "gated" }, { level: "zero" as const }, { scale: "0.3 pJ" }]) {
      const other = layer(1, { table: withOrigin(randomTable(1), origin) });
      expect(codeOf(() => switchingEnergy([layer(2), other], defaultArray))).toBe("lws.mixed");
      expect(codeOf(() => savingOf(plain, switchingEnergy([other], defaultArray)))).toBe("lws.mixed");
    }
    const narrow = switchingEnergy([layer(1)], { ...defaultArray, rows: 16 });
    expect(codeOf(() => savingOf(plain, narrow))).toBe("lws.mixed");
    // Another stimulus is what re-characterisation gives.
    const again = layer(1, { table: withOrigin(randomTable(1), { stimulus: "new traces" }) });
    expect(savingOf(plain, switchingEnergy([again], defaultArray)).saving).toBe(0);
  });

  it("refuses one step, sizes that do not fit, no layers", () => {
    const at = (own: Partial<SwitchedLayer>) => codeOf(() => switchingEnergy([layer(1, own)], defaultArray));
    expect(at({ steps: 1 })).toBe("lws.steps");
    expect(at({ inputs: 149 })).toBe("lws.size");
    expect(at({ groups: 0 })).toBe("lws.size");
    expect(codeOf(() => switchingEnergy([], defaultArray))).toBe("lws.empty");
  });
});

describe("PowerPruning", () => {
  const table = randomTable(5);
  it("keeps the cheapest values and 0, by number or by threshold alike", () => {
    for (const size of [3, 8, 64, 255]) {
      const set = powerPruningSet(table, { size });
      expect(set).toHaveLength(size);
      const dearest = Math.max(...set.map((value) => energyAt(table, value)));
      const rest = Array.from({ length: 255 }, (_, i) => i - 127).filter((value) => !set.includes(value));
      for (const value of rest) expect(energyAt(table, value)).toBeGreaterThanOrEqual(dearest);
      expect(powerPruningSet(table, { threshold: dearest })).toEqual(set);
    }
  });

  it("keeps 0 where it is not the cheapest", () => {
    const dear = { ...table, energies: table.energies.with(128, 1000) };
    expect(powerPruningSet(dear, { size: 4 })).toContain(0);
  });

  it("has one table for all layers, by their multiply-accumulates", () => {
    const [a, b] = [layer(1), layer(2)];
    const both = globalTable([a, b]);
    expect(energyAt(both, 7)).toBeCloseTo((20 * energyAt(a.table, 7) + 30 * energyAt(b.table, 7)) / 50, 12);
    expect(codeOf(() => globalTable([a, { ...b, table: withOrigin(b.table, { level: "zero" }) }]))).toBe("lws.tables");
    // Four groups of one output are as many products as one of four.
    expect(globalTable([{ ...a, groups: 4, outputs: 1 }, b])).toEqual(both);
    expect(codeOf(() => globalTable([]))).toBe("lws.tables");
  });

  it("refuses what leaves fewer than three values", () => {
    expect(codeOf(() => powerPruningSet(table, { size: 2 }))).toBe("lws.set");
    expect(codeOf(() => powerPruningSet(table, { size: 256 }))).toBe("lws.set-size");
    expect(codeOf(() => powerPruningSet(table, { threshold: 1 }))).toBe("lws.set");
  });
});

describe("pruning by magnitude", () => {
  it("sets that share to zero, the smallest first, and leaves the others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (seed, share) => {
        const { weights, scales } = randomLayer(seed, { count: 80 });
        const pruned = pruneByMagnitude(weights, scales, share);
        const real = (i: number) => Math.abs(weights[i]!) * scales[Math.floor(i / 20)]!;
        const kept = [...pruned.keys()].filter((i) => pruned[i] !== 0);
        const gone = [...pruned.keys()].filter((i) => pruned[i] === 0);
        expect(gone.length).toBe(Math.max(Math.round(share * 80), weights.filter((w: number) => w === 0).length));
        for (const i of kept) expect(pruned[i]).toBe(weights[i]);
        expect(Math.max(0, ...gone.map(real))).toBeLessThanOrEqual(Math.min(Infinity, ...kept.map(real)));
      }),
      { numRuns: 40 },
    );
  });

  it("refuses shares and scales that are none", () => {
    const weights = new Int8Array(6);
    expect(codeOf(() => pruneByMagnitude(weights, [1], 1.1))).toBe("lws.share");
    expect(codeOf(() => pruneByMagnitude(weights, [1], Number.NaN))).toBe("lws.share");
    expect(codeOf(() => pruneByMagnitude(weights, [1, 0, 1], 0.5))).toBe("lws.scale");
    expect(codeOf(() => pruneByMagnitude(weights, [1, 1, 1, 1], 0.5))).toBe("lws.scale");
  });
});
