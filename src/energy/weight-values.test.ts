/** @file Prices by weight value: the mean over a layer's weights, in bills and alone. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { loadMachine, type Machine, type Price, readMachine, withMacTable } from "../machines/index.ts";
import { lenet5 } from "../zoo/index.ts";
import { bill, countWork, uniformWidths } from "./index.ts";
import { byWeights } from "./weight-values.ts";

const refused = (code: string) => expect.objectContaining({ code });

/** E(w) = 40 + |w| femtojoules. */
const weightsFj = Array.from({ length: 256 }, (_, i) => 40 + Math.abs(i - 128));
const meanFj = weightsFj.reduce((sum, energy) => sum + energy, 0) / 256;
const base = loadMachine("lpddr4-edge");
const table = {
  ...{ name: "by-weight", title: "a table made by a formula", weightsFj, netlist: "formula 0123456789abcdef" },
  ...{ stimulus: "none: a formula", nodeNm: 45, source: "40 + |w| fJ, a formula for tests", spread: 0.2 },
  ...{ spreadSource: "± 20 % for this test", array: { rows: 64, columns: 64 }, clockPj: 0.1, flipFlops: 38 },
};
const machine = readMachine(withMacTable(base, table), "by-weight.yaml");
const price = machine.components[0]!.prices[0] as Price;

test("the file says what it was given: table, range, clock, citations", () => {
  expect(price).toMatchObject({ id: "mac.mac.int8", per: "operation", table: { netlist: table.netlist } });
  expect(price.table!.weights[128 - 3]).toBeCloseTo(0.043, 12);
  const { lo, mid, hi } = price.energy;
  expect([lo / mid, mid, hi / mid]).toEqual([0.8, meanFj / 1000, 1.2].map((x) => expect.closeTo(x, 5)));
  // 0.1 pJ a cycle at 500 MHz are 50 µW an element.
  expect(machine.components[0]!.staticPower!.leakageMw!.mid).toBeCloseTo(0.05, 12);
  expect(machine.components[0]!.count).toBe(4096);
  expect(price.source.text).toContain("a formula for tests");
  // Everything else is still there.
  expect(machine.components.slice(1).map(({ name }) => name)).toEqual(base.components.map(({ name }) => name));
});

test("the factor makes Σ n(v)·E(v) out of the mean, for any histogram", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -128, max: 0 }),
      fc.array(fc.nat(50), { minLength: 1, maxLength: 128 }),
      (least, counts) => {
        const all = counts.reduce((sum, count) => sum + count, 0);
        const found = byWeights(price, { least, counts }, "layer");
        if (all === 0) return expect(found).toBeUndefined();
        const expected = counts.reduce((sum, count, i) => sum + count * (40 + Math.abs(least + i)), 0) / 1000;
        expect(all * price.energy.mid * found!.factor).toBeCloseTo(expected, 9);
      },
    ),
  );
  const everyOnce = { least: -128, counts: new Array<number>(256).fill(7) };
  expect(byWeights(price, everyOnce, "layer")!.factor).toBeCloseTo(1, 12);
  expect(byWeights(price, undefined, "layer")).toBeUndefined();
  expect(byWeights({ ...price, table: undefined }, everyOnce, "layer")).toBeUndefined();
});

test("weights beyond the table are refused, empty bins beyond it are not", () => {
  expect(() => byWeights(price, { least: 127, counts: [1, 1] }, "conv9")).toThrow(refused("energy.weights"));
  expect(byWeights(price, { least: 127, counts: [1, 0, 0] }, "conv9")!.factor).toBeCloseTo(167 / meanFj, 12);
});

test("in a bill: all-zero layers pay E(0) a product, layers without a histogram the mean; memories are as before", () => {
  const counts = countWork(lenet5({}), { N: 1 });
  const widths = uniformWidths(counts.layers, 8, 8);
  const [first, ...others] = counts.layers;
  const weights = { [first!.name]: { least: 0, counts: [first!.nW] } };
  const [plain, own] = [bill(counts, machine, widths), bill(counts, machine, widths, { weights })];
  const paid = (of: typeof own, layer: string) =>
    of.rows.find((row) => row.layer === layer)!.terms.find((term) => term.price === "mac.mac.int8")!;
  const zero = paid(own, first!.name);
  expect(zero.energy.mid).toBeCloseTo((first!.macs * 40) / 1000, 6);
  expect(zero.energy.lo / zero.energy.mid).toBeCloseTo(0.8, 6);
  expect(zero.energy.mid).toBeCloseTo(zero.quantity * price.energy.mid, 9);
  expect(zero.chain.scaling).toContain("mean over the layer's weights");
  for (const { name, macs } of others) expect(paid(own, name).energy.mid).toBeCloseTo((macs * meanFj) / 1000, 4);
  for (const cause of ["weights", "activations", "partial sums", "leakage"] as const) {
    expect(own.byCause[cause]).toEqual(plain.byCause[cause]);
  }
  expect(own.byCause.leakage.mid).toBeGreaterThan(0);
  expect(own.total.mid).toBeLessThan(plain.total.mid);
});

test("a machine that cannot take the table is refused, and why", () => {
  const refusal = (from: Machine, change: object = {}) => {
    try {
      withMacTable(from, { ...table, ...change });
    } catch (error) {
      return [(error as { code: string }).code, (error as { got?: string }).got];
    }
    return undefined;
  };
  expect(refusal(loadMachine("eyeriss-ratio"))?.[0]).toBe("machine.mac-table");
  expect(refusal(loadMachine("mcu-sram"))).toEqual(["machine.mac-table", expect.stringMatching(/once|vector/)]);
  expect(refusal(base, { array: { rows: 32, columns: 64 } })).toEqual(["machine.mac-table", "64 × 64"]);
  expect(refusal(base, { nodeNm: 7 })).toEqual(["machine.mac-table", "45 nm"]);
  expect(refusal({ ...base, clockMhz: undefined } as Machine)).toEqual(["machine.mac-table", "none"]);
  // Twice is no mistake: the second table replaces the first.
  const twice = readMachine(withMacTable(machine, table), "twice.yaml");
  expect(twice.components.flatMap(({ prices }) => prices).filter(({ verb }) => verb === "mac").length).toBe(1);
});
