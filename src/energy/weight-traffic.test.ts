/** @file Fetching weights as indices: by hand, on machines whose capacity matters, and that nothing else moves. */

import { expect, test } from "vitest";
import { loadMachine } from "../machines/index.ts";
import { lenet5 } from "../zoo/index.ts";
import { bill, countWork, uniformWidths, weightTraffic } from "./index.ts";
import { countsOf, layer } from "./layer.fixture.ts";

const two = countsOf(layer("conv", 1e6, 4e4, 6e4), layer("fc", 1e5, 1e5, 1e3));

test("by hand: 4 bits of 8, and the table of 16 bytes like as many bits of weights", () => {
  const stored = new Map([["conv", { bits: 4, tableBits: 128 }]]);
  const machine = loadMachine("horowitz-45nm-sram8k");
  // 10 pJ for 64 bits, every weight once.
  expect(weightTraffic(two, machine, uniformWidths(two.layers, 8), stored)).toEqual([
    {
      layer: "conv",
      before: expect.closeTo(4e4 * 8 * 0.15625, 6),
      after: expect.closeTo((4e4 * 4 + 128) * 0.15625, 6),
    },
    { layer: "fc", before: expect.closeTo(1e5 * 8 * 0.15625, 6), after: expect.closeTo(1e5 * 8 * 0.15625, 6) },
  ]);
});

test("on an array with main memory: before is the bill's, after is less in coded layers and the same in others", () => {
  const counts = countWork(lenet5({ seed: 1 }), { N: 1 });
  const machine = loadMachine("lpddr4-edge");
  const widths = uniformWidths(counts.layers, 8);
  const coded = counts.layers.slice(1, 3).map(({ name }) => name);
  const found = weightTraffic(
    counts,
    machine,
    widths,
    new Map(coded.map((name) => [name, { bits: 3, tableBits: 40 }])),
  );
  const billed = bill(counts, machine, widths).rows.filter(({ nW }) => nW > 0);
  expect(found.map(({ layer: name, before }) => [name, before])).toEqual(
    billed.map(({ layer: name, byCause }) => [name, byCause.weights.mid]),
  );
  for (const { layer: name, before, after } of found) {
    if (coded.includes(name)) expect(after / before).toBeLessThan(0.4);
    else expect(after).toBe(before);
  }
});

test("no codebooks, no change", () => {
  const found = weightTraffic(two, loadMachine("horowitz-45nm-sram8k"), uniformWidths(two.layers, 8), new Map());
  expect(found.map(({ after }) => after)).toEqual(found.map(({ before }) => before));
});

test("of a bill: fetches alone change, table and indices are terms of their own, and the yardstick is 8 bits as codes", () => {
  const counts = countWork(lenet5({ seed: 1 }), { N: 1 });
  const machine = loadMachine("horowitz-45nm-sram8k");
  const widths = uniformWidths(counts.layers, 8);
  const [, coded] = counts.layers.map(({ name }) => name);
  const stored = new Map([[coded!, { bits: 3, tableBits: 40 }]]);
  const [plain, held] = [bill(counts, machine, widths), bill(counts, machine, widths, { stored })];
  for (const [i, row] of held.rows.entries()) {
    const { weights, ...others } = row.byCause;
    const { weights: codes, ...same } = plain.rows[i]!.byCause;
    expect(others).toEqual(same);
    if (row.layer !== coded) expect(weights).toEqual(codes);
    else expect(weights.mid / codes.mid).toBeCloseTo((3 * row.nW + 40) / (8 * row.nW), 9);
  }
  const rules = held.rows.find(({ layer: name }) => name === coded)!.terms.map(({ chain }) => chain.rule);
  expect(rules.filter((rule) => /indices of 3 bits|table of 40 bits/.test(rule))).toHaveLength(2);
  expect(held.relative.mid).toBeCloseTo(held.total.mid / plain.total.mid, 12);
  expect(held.relative.mid).toBeLessThan(1);
});
