/** @file A machine with a table of a real netlist: the bill's layers are those of the method's own energy. */

import { beforeAll, expect, test } from "vitest";
import { rowsOf } from "../base/tensor.ts";
import { weightHistogram, weightTableFromJson } from "../circuits/characterise/index.ts";
import { loadDataSet } from "../data/index.ts";
import { bill, countWork } from "../energy/index.ts";
import { readQuantised } from "../export/index.ts";
import { loadMachine, type Machine, readMachine, withMacTable } from "../machines/index.ts";
import { type SwitchedLayer, switchingEnergy, traceNetwork } from "../methods/index.ts";
import { withNormalisation } from "../training/index.ts";
import { type MacTableOptions, macTable, trafficDraws } from "./mac-table.ts";
import { readNetwork } from "./weight-selection.fixture.ts";

const array = { rows: 64, columns: 64, activationBits: 9, weightBits: 8, accumulatorBits: 23 };
const images = 2;
const base = loadMachine("lpddr4-edge");
const options: MacTableOptions = {
  ...{ array, multiplier: "booth4", isFused: true, isZeroGated: false, delay: "unit", published: "mac8 45nm" },
  ...{ draws: 256, seed: 1 },
};

let machine: Machine;
let fj: readonly number[];

beforeAll(async () => {
  const data = loadDataSet("mnist10k").test!;
  const table = await macTable(options, { name: "lenet5", model: readNetwork(), data, images }, base);
  machine = readMachine(withMacTable(base, table), "booth.yaml");
  fj = table.weightsFj;
}, 120_000);

test("the table is that of a Booth unit, and says what it rests on", () => {
  const at = (weight: number) => fj[weight + 128]!;
  expect(Math.min(...fj)).toBe(at(0));
  expect(at(-105) / at(-2)).toBeGreaterThan(1.3);
  const price = machine.components[0]!.prices[0]!;
  expect(price.table!.netlist).toMatch(/^mac_booth4_fused_9x8_23 [0-9a-f]{16}$/);
  expect(price.table!.stimulus).toMatch(/256 draws .* 5 layers of lenet5, 2 examples of mnist10k/);
  expect(price.source.text).toMatch(/unit delay; constant .* no foundry library/);
});

test("every layer's switching in the bill is the method's, by the same table and weights", () => {
  const model = readNetwork();
  const { inputs, labels, normalisation } = loadDataSet("mnist10k").test!;
  const whole = withNormalisation(model, { inputs, labels: labels!, normalisation });
  const { layers } = traceNetwork(whole, readQuantised(whole), { raw: rowsOf(inputs, 0, images) }, array);
  const energies = Array.from(fj, (energy) => energy / 1000);
  const origin = { level: "unit", stimulus: "the machine's" };
  const one = { schema: "femto.weight-table/1", weightBits: 8, unit: "pJ", energies, origin };
  const table = weightTableFromJson(JSON.stringify(one), "table");
  const switched = layers.map(({ name, groups: [trace] }): SwitchedLayer => ({ ...trace!, name, table }));
  const expected = switchingEnergy(switched, array);

  const counts = countWork(model, { N: 1 });
  const weights = Object.fromEntries(
    counts.layers.map(({ name }, i) => [name, { least: -128, counts: [...weightHistogram(switched[i]!.weights, 8)] }]),
  );
  const widths = counts.layers.map(({ name }) => ({ layer: name, weight: 8, input: 8 }));
  const { rows, byCause } = bill(counts, machine, widths, { weights, mapping: "systolic" });
  const paid = counts.layers.map(
    ({ name }) =>
      rows.find((row) => row.layer === name)!.terms.find(({ price }) => price === "mac.mac.int8")!.energy.mid,
  );
  // The file keeps six digits of every entry.
  expected.layers.forEach(({ total }, i) => void expect((images * paid[i]!) / total).toBeCloseTo(1, 5));
  expect(paid.length).toBe(5);
  const sum = paid.reduce((all, energy) => all + energy, 0);
  expect((images * sum) / expected.total).toBeCloseTo(1, 5);
  // What stands beside it does not shrink with the weights, and is most of it here.
  expect(byCause.weights.mid + byCause.activations.mid + byCause.leakage.mid).toBeGreaterThan(10 * sum);
});

test("transitions of all layers together are those of a network: activations are not uniform", () => {
  const data = loadDataSet("mnist10k").test!;
  const draws = trafficDraws(array, { count: 400, seed: 1 }, { name: "lenet5", model: readNetwork(), data, images });
  expect([draws.count, draws.description]).toEqual([400, expect.stringMatching(/5 layers of lenet5/)]);
  const zeros = draws.from.a.filter((value) => value === 0).length;
  expect(zeros).toBeGreaterThan(40);
  expect(Math.min(...draws.from.a)).toBeGreaterThanOrEqual(-33);
  expect(
    trafficDraws(array, { count: 400, seed: 1 }, undefined).from.a.filter((value) => value === 0).length,
  ).toBeLessThan(20);
});

test("without a network the stimulus is uniform and says so; a gated unit is another netlist", async () => {
  const gated = await macTable({ ...options, isZeroGated: true }, undefined, base);
  expect(gated.stimulus).toBe("256 uniform random transitions, seed 1");
  expect(gated.netlist).toMatch(/gated/);
  const mean = gated.weightsFj.reduce((sum, energy) => sum + energy, 0) / 256;
  expect(gated.weightsFj[128]! / mean).toBeLessThan(0.15);
}, 60_000);
