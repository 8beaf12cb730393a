/** @file Networks of lookup tables as logic: every part against a sum by hand, and what measured ones change. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadMachine } from "../machines/index.ts";
import { oneExample } from "../rewrites/index.ts";
import { mlp } from "../zoo/index.ts";
import { bill } from "./bill.ts";
import { countWork } from "./counts.ts";
import { billLookupLogic, type LookupWork } from "./lookup-logic.ts";
import { uniformWidths } from "./width.ts";

const asic = loadMachine("lut-asic-45nm");
const fabric = loadMachine("lut-fabric");

const work: LookupWork = {
  inputBits: 80,
  comparators: [8, 8, 5, 1, 1],
  layers: [
    { name: "layer 1", tables: 100 },
    { name: "layer 2", tables: 50 },
  ],
  classes: 10,
  counted: 5,
};

describe("prices of 45 nm", () => {
  it("are comparisons of 0.03 pJ, tables of 0.02 pJ, adders of 0.03 pJ for 8 bits, 20 pJ for 64 bits of SRAM", () => {
    const { rows, total, switched, unmodelled } = billLookupLogic(work, asic);
    const pJ = Object.fromEntries(rows.map(({ part, energy }) => [part, energy.mid]));
    expect(pJ.input).toBeCloseTo((80 / 64) * 20, 9);
    // Two of 8 bits and one of 5; a comparison with the middle of the range is a wire.
    expect(pJ.encoder).toBeCloseTo((0.03 * 21) / 8, 9);
    expect([pJ["layer 1"], pJ["layer 2"]]).toEqual([2, 1]);
    // Five bits become three by two full adders.
    expect(pJ.counters).toBeCloseTo((10 * 2 * 0.03) / 8, 9);
    expect(pJ.argmax).toBeCloseTo((9 * 3 * 0.03) / 8, 9);
    expect(total.mid).toBeCloseTo(
      Object.values(pJ).reduce((a, b) => a + b),
      9,
    );
    expect([switched.mid, unmodelled]).toEqual([total.mid, []]);
  });

  it("leave an int8 perceptron of the same node hundreds of times dearer, memory included in both", () => {
    const model = mlp({ inputs: 784, hidden: [64], classes: 10, seed: 1 });
    const counts = countWork(model, oneExample(model));
    const perceptron = bill(counts, asic, uniformWidths(counts.layers, 8));
    expect(perceptron.isComplete).toBe(true);
    // 50 816 products at 0.2 + 0.03 pJ, and at least their weights from the memory at 20 pJ a word.
    expect(perceptron.total.mid).toBeGreaterThan(50_816 * (0.23 + 20 / 8));
    const digits: LookupWork = {
      inputBits: 8 * 484,
      comparators: new Array(484).fill(1),
      layers: [
        { name: "layer 1", tables: 1000 },
        { name: "layer 2", tables: 500 },
      ],
      classes: 10,
      counted: 50,
    };
    const logic = billLookupLogic(digits, asic);
    expect(logic.total.mid / perceptron.total.mid).toBeLessThan(0.01);
    const compute = logic.rows.filter(({ cause }) => cause === "compute").reduce((sum, row) => sum + row.energy.mid, 0);
    // 1500 tables, 440 full adders, nine comparisons of six bits.
    expect(compute).toBeCloseTo(30 + (440 * 0.03) / 8 + (9 * 6 * 0.03) / 8, 6);
  });
});

it("an FPGA pays 1.19 to 4.13 pJ a table, published for whole chips; without memory the input is free", () => {
  const { rows } = billLookupLogic(work, fabric);
  expect(rows.map(({ part }) => part)).not.toContain("input");
  const { lo, mid, hi } = rows.find(({ part }) => part === "layer 1")!.energy;
  expect([lo, mid, hi].map((value) => value / 100)).toEqual([1.19, 2.22, 4.13]);
});

it("a machine without tables is missing their price, and says so", () => {
  const { unmodelled, total } = billLookupLogic(work, loadMachine("horowitz-45nm-sram8k"));
  expect(unmodelled).toEqual([
    "layer 1: the machine has no price for tables",
    "layer 2: the machine has no price for tables",
  ]);
  expect(total.mid).toBeGreaterThan(0);
});

describe("measured ones", () => {
  const withOnes = (ones: readonly number[]) =>
    billLookupLogic({ ...work, layers: [{ name: "layer 1", tables: ones.length, ones }] }, asic);

  it("a fair coin toggles as the prices say, a constant never, a quarter three quarters as often", () => {
    const row = (ones: readonly number[]) => withOnes(ones).rows.find(({ part }) => part === "layer 1")!;
    expect(row([0.5, 0.5]).switched!.mid).toBeCloseTo(row([0.5, 0.5]).energy.mid, 12);
    expect(row([0, 1]).switched!.mid).toBe(0);
    expect(row([0.25, 0.75]).switched!.mid / row([0.25, 0.75]).energy.mid).toBeCloseTo(0.75, 12);
    expect(row([0.25, 0.75]).ones).toBe(0.5);
  });

  it("property: bits that toggle take at most what all bits take, the same for a bit and its complement", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }), (ones) => {
        const { switched, total } = withOnes(ones);
        expect(switched.mid).toBeLessThanOrEqual(total.mid + 1e-12);
        expect(withOnes(ones.map((p) => 1 - p)).switched.mid).toBeCloseTo(switched.mid, 9);
      }),
    );
  });
});
