/** @file Savings at equal accuracy: fronts, readings by hand, and what is said where a curve does not reach. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FrontPoint, frontOf } from "../../base/front.ts";
import { renderHtml } from "../html/page.ts";
import { syntheticReport } from "../report.fixture.ts";
import { atEqualAccuracy, equalCells, overSeedsCells, savingAt } from "./equal-accuracy.ts";
import { realSelection } from "./real.fixture.ts";
import { selectionLines } from "./terminal.ts";

const point = (accuracy: number, saving: number): FrontPoint => ({ accuracy, saving });
const points = fc.array(
  fc.record({ accuracy: fc.float({ min: 0, max: 1, noNaN: true }), saving: fc.float({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 12,
  },
);

describe("readings", () => {
  test("by hand: between two points of the front, whatever lies below it", () => {
    const curve = [point(0.98, 0), point(0.97, 0.4), point(0.9, 0.3), point(0.95, 0.6)];
    expect(frontOf(curve)).toEqual([curve[0], curve[1], curve[3]]);
    expect(savingAt(curve, 0.975)).toEqual({ saving: expect.closeTo(0.2, 9), reach: "within" });
    expect(savingAt(curve, 0.96)).toEqual({ saving: expect.closeTo(0.5, 9), reach: "within" });
    expect(savingAt(curve, 0.97)!.saving).toBeCloseTo(0.4, 9);
  });

  test("nothing above the best, at least the last below the thriftiest", () => {
    const curve = [point(0.98, 0.1), point(0.95, 0.6)];
    expect(savingAt(curve, 0.981)).toBeUndefined();
    expect(savingAt(curve, 0.9)).toEqual({ saving: 0.6, reach: "beyond" });
    expect(savingAt([], 0.5)).toBeUndefined();
  });

  test("fronts fall; more accuracy never saves more; at the accuracy of a point at least that point's saving is read", () => {
    fc.assert(
      fc.property(
        points,
        fc.float({ min: 0, max: 1, noNaN: true }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (all, a, b) => {
          const front = frontOf(all);
          for (const [i, { accuracy, saving }] of front.entries()) {
            if (i === 0) continue;
            expect(saving).toBeGreaterThan(front[i - 1]!.saving);
            expect(accuracy).toBeLessThan(front[i - 1]!.accuracy);
          }
          const [low, high] = [savingAt(all, Math.min(a, b)), savingAt(all, Math.max(a, b))];
          if (high !== undefined) expect(low!.saving).toBeGreaterThanOrEqual(high.saving - 1e-12);
          for (const own of all) expect(savingAt(all, own.accuracy)!.saving).toBeGreaterThanOrEqual(own.saving - 1e-9);
        },
      ),
    );
  });
});

describe("in a report", () => {
  const selection = realSelection();
  const rows = selection.rows.filter(({ basis }) => basis === selection.bases[0]!.id);
  const lws = rows.find(({ method }) => method === "lws")!;
  const pruned = rows.find(({ method }) => method === "powerpruning")!;
  const timing = {
    share: 0.8,
    supply: { nominal: 0.9, threshold: 0.35, alpha: 1.3, least: 0.5 },
    stimulus: "256 transitions of each of 5 layers, seed 1",
    paths: [{ kind: "sensitised" as const, gates: { before: 36, after: 28 }, volts: 0.74, energy: 0.676, saving: 0.5 }],
  };
  const target = { ...pruned, accuracy: { ...pruned.accuracy, value: 0.9, baseline: 0.95 }, timing };
  const curve = [
    { step: "conv2: k = 16", accuracy: 0.92, saving: 0.3 },
    { step: "conv2: k = 8", accuracy: 0.88, saving: 0.5 },
  ];
  const own = { ...lws, accuracy: { ...lws.accuracy, value: 0.86, baseline: 0.95 }, saving: 0.55, curve };

  test("LWS is read at PowerPruning's accuracy; a method without a curve is not read", () => {
    const found = atEqualAccuracy([own, target]);
    expect(found.map(({ method, target: at }) => [method, at.method])).toEqual([["lws", "powerpruning"]]);
    expect(found[0]!.found).toEqual({ saving: expect.closeTo(0.4, 9), reach: "within" });
    const [cells] = equalCells(found, (method) => method);
    expect(cells!.slice(2, 5)).toEqual([target.name, expect.stringContaining("90.0"), expect.stringContaining("40.0")]);
    const high = atEqualAccuracy([own, { ...target, accuracy: { ...target.accuracy, value: 0.99 } }]);
    expect(equalCells(high, (method) => method)[0]!.slice(4)).toContain("does not reach it");
    expect(atEqualAccuracy([{ ...own, curve: undefined }, target])).toEqual([]);
    const beaten = { ...target, name: "beaten", saving: target.saving - 0.01 };
    expect(atEqualAccuracy([own, target, beaten])).toEqual(found);
  });

  test("over seeds: how often more is saved, by how much; an accuracy that is not reached is not more", () => {
    const seeds = [1, 2, 3].flatMap((seed) => {
      const value = [0.9, 0.9, 0.99][seed - 1]!;
      const saving = [0.3, 0.45, 0.1][seed - 1]!;
      return [
        { ...own, seed },
        { ...target, seed, saving, accuracy: { ...target.accuracy, value } },
      ];
    });
    const lines = overSeedsCells(atEqualAccuracy(seeds), (method) => method);
    expect(lines).toEqual([["lws", "powerpruning", "1 of 3", "2.5", "−5.0", "10.0"]]);
    expect(overSeedsCells(atEqualAccuracy([own, target]), (method) => method)).toEqual([]);
  });

  test("stands on page and terminal, with the rule, the picture's lines, and timing with its source and model", () => {
    const told = { ...selection, rows: [own, target] };
    const text = selectionLines(told, 200).join("\n");
    const page = renderHtml({ ...syntheticReport(), weightSelection: told });
    for (const where of [text, page]) {
      expect(where).toContain("Savings at equal accuracy");
      expect(where).toContain("linearly between");
      expect(where).toContain("arXiv 2303.13997");
      expect(where).toContain("alpha-power law");
      expect(where).toContain("0.740 V");
    }
    expect(page).toContain("the front of the networks");
    for (const line of selectionLines(told, 70)) expect([...line].length).toBeLessThanOrEqual(100);
  });
});
