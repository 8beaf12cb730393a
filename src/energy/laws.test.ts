/** @file What holds for every layer on every machine of the library, whatever the mapping. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadMachine, type Machine, machineNames } from "../machines/index.ts";
import { type Bill, bill, causes, mappings, uniformWidths } from "./index.ts";
import { countsOfLayer, randomLayer } from "./random-layer.fixture.ts";

/** Machines whose mapping searches are priced by a test of their own. */
const searching = ["nest", "row-stationary"];
const machines = machineNames
  .map((name) => loadMachine(name))
  .filter(({ mapping }) => mapping.kind in mappings && !searching.includes(mapping.kind))
  // a fabric of tables alone prices no product
  .filter(({ name }) => name !== "lut-fabric");
const bits = fc.integer({ min: 1, max: 8 });
const assumed = { spikeRate: 0.1, timeSteps: 4 };

const price = (node: Parameters<typeof countsOfLayer>[0], machine: Machine, weight: number, input: number): Bill => {
  const counts = countsOfLayer(node);
  return bill(counts, machine, uniformWidths(counts.layers, weight, input), {
    mapping: machine.mapping.kind,
    ...assumed,
  });
};

const figures = ({ total, rows, byCause }: Bill): number[] => [
  ...Object.values(total),
  ...causes.flatMap((cause) => Object.values(byCause[cause])),
  ...rows.flatMap(({ timing, terms }) => [
    ...(timing === undefined ? [] : [timing.latencyCycles, timing.utilisation ?? 0]),
    ...terms.map(({ quantity }) => quantity),
  ]),
];

test("10 000 random layers × machines: no figure is negative, infinite, or no number", () => {
  fc.assert(
    fc.property(randomLayer, fc.constantFrom(...machines), bits, bits, (node, machine, weight, input) => {
      const made = price(node, machine, weight, input);
      expect(figures(made).find((figure) => !(figure >= 0 && figure < 1e18))).toBeUndefined();
      const ofCauses = causes.reduce((sum, cause) => sum + made.byCause[cause].mid, 0);
      expect(Math.abs(ofCauses - made.total.mid)).toBeLessThanOrEqual(1e-12 * made.total.mid);
      for (const { timing } of made.rows) expect(timing?.utilisation ?? 0).toBeLessThanOrEqual(1);
    }),
    { numRuns: 10_000 },
  );
}, 300_000);

/** Traffic of a bill: bits that memories move. */
const traffic = ({ rows, prices }: Bill): number => {
  const perBit = new Set(prices.filter(({ per }) => per === "bit").map(({ id }) => id));
  return rows
    .flatMap(({ terms }) => terms)
    .reduce((sum, { price: id, quantity }) => (perBit.has(id) ? sum + quantity : sum), 0);
};

describe("halving all bits", () => {
  // one bit is the granule, the accumulator is a fixed share: without it, and with room for everything, traffic halves
  const text = loadMachine("horowitz-45nm-sram8k").text;
  const once = loadMachine(text, "once.yaml");

  test("halves the traffic exactly where accesses have no granule", () => {
    fc.assert(
      fc.property(
        randomLayer,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (node, weight, input) => {
          const [half, full] = [price(node, once, weight, input), price(node, once, 2 * weight, 2 * input)];
          expect(traffic(full)).toBe(2 * traffic(half));
        },
      ),
    );
  });

  test("never costs more, whatever the machine (unpacking on a microcontroller apart)", () => {
    const others = machines.filter(({ mapping }) => mapping.kind !== "vector");
    fc.assert(
      fc.property(randomLayer, fc.constantFrom(...others), fc.constantFrom(2, 4), (node, machine, width) => {
        const [half, full] = [price(node, machine, width, width), price(node, machine, 2 * width, 2 * width)];
        expect(half.total.mid).toBeLessThanOrEqual(full.total.mid * (1 + 1e-9));
      }),
      { numRuns: 500 },
    );
  });
});

test("a full array is never dearer than one of a single element: there is reuse to be had", () => {
  const { text } = loadMachine("lpddr4-edge");
  const still = text.replaceAll(/static: .*\n/g, "").replace("size: 256 KB", "size: 1 GB");
  const full = loadMachine(still, "full.yaml");
  const single = loadMachine(still.replace("rows: 64, cols: 64", "rows: 1, cols: 1"), "single.yaml");
  fc.assert(
    fc.property(randomLayer, (node) => {
      expect(price(node, single, 8, 8).total.mid).toBeGreaterThanOrEqual(
        price(node, full, 8, 8).total.mid * (1 - 1e-12),
      );
    }),
    { numRuns: 300 },
  );
});

test("inputs that are all zero: gated multipliers cost nothing, traffic stays", () => {
  const machine = loadMachine("snn-paper-22nm");
  const gated = machine.components.some((component) => "zeroGating" in component && component.zeroGating);
  expect(gated).toBe(true);
  const edge = loadMachine(
    loadMachine("lpddr4-edge").text.replace(
      /mac_scaling: quadratic\n/,
      "mac_scaling: quadratic\n    zero_gating: true\n",
    ),
    "gated.yaml",
  );
  fc.assert(
    fc.property(randomLayer, (node) => {
      const counts = countsOfLayer(node);
      const activity = {
        source: { kind: "assumed", text: "all zero" },
        samples: 0,
        values: { [node.input!.value]: { zeros: 1 } },
      } as const;
      const widths = uniformWidths(counts.layers, 8);
      const [dense, zero] = [bill(counts, edge, widths), bill(counts, edge, widths, { activity })];
      expect(zero.byCause.compute.mid).toBe(0);
      expect(traffic(zero)).toBe(traffic(dense));
    }),
    { numRuns: 50 },
  );
});
