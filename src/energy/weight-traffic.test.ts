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
