/** @file What `femto energy` says of the file of a lookup-table network is what the run said that wrote it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Rng } from "../base/rng.ts";
import { tensor } from "../base/tensor.ts";
import { dataset } from "../data/index.ts";
import { Model } from "../graph/model.ts";
import { loadMachine } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import { artefactsOf } from "../runs/artefacts.ts";
import { writable } from "../runs/describe.ts";
import { price } from "../runs/price.ts";
import { mlp } from "../zoo/index.ts";
import { priceSubject, readForEnergy } from "./energy-subject.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-lookup-energy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FEATURES = 20;
const rng = new Rng(3, "lookup-energy");
const normalisation = { scale: 1 / 255, mean: [0.4], std: [0.3] };
const examples = dataset({
  name: "bytes",
  split: "test",
  inputs: tensor(
    "uint8",
    [30, FEATURES],
    Array.from({ length: 30 * FEATURES }, () => rng.below(256)),
  ),
  labels: tensor("int32", [30], new Array(30).fill(0)),
  source: "drawn by the test",
  normalisation,
});

/** 30 + 12 tables of four inputs on 16 thresholds at bytes, in the form that a run of DWN ends with. */
function network(): Model {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: ["N", FEATURES] });
  const picked = Array.from({ length: 16 }, () => rng.below(FEATURES));
  const thresholds = picked.map((_, i) => (((i === 0 ? 127 : rng.below(255)) + 0.5) / 255 - 0.4) / 0.3);
  const rows = g.op("Gather", [g.transpose(x, [1, 0]), g.ints(picked)], { axis: 0 });
  const values = [g.constant(tensor("float32", [16, 1], thresholds))];
  let at = g.op("femto.Thermometer", [rows, ...values], { axis: 0 });
  let width = 16;
  for (const tables of [30, 12]) {
    const packed = tensor(
      "uint64",
      [tables, 1],
      Array.from({ length: tables }, () => BigInt(rng.below(65536))),
    );
    const wires = Array.from({ length: 4 * tables }, () => rng.below(width));
    const mapping = tensor("int64", [tables, 4], wires);
    at = g.op("femto.LutLayer", [at, g.constant(packed), g.constant(mapping)], { axis: 0, strict: true });
    width = tables;
  }
  const sums = g.op("femto.GroupSum", [at], { axis: 0, groups: 3, tau: 2 });
  model.graph.addOutput(g.transpose(sums, [1, 0]));
  return model;
}

const data = { train: examples, test: examples };
const outcome = {
  model: network(),
  kind: "lookup",
  history: [],
  warnings: [],
  stepSeconds: 0,
  isFinished: true,
} as const;
const path = join(folder, "model.onnx");
writeFileSync(path, writable(artefactsOf(outcome, data).models["model.onnx"]!));

test.each(["lut-fabric", "lut-asic-45nm", "horowitz-45nm-sram8k"])("%s: the same to the last digit", (name) => {
  const machine = loadMachine(name);
  const run = price({ model: mlp({ inputs: FEATURES, hidden: [8], classes: 3, seed: 1 }), machine, data }, outcome);
  const { bill } = priceSubject(readForEnergy(path), machine, { fuse: true, most: {} });
  expect(run.energy.range).toEqual(bill.total);
  expect(run.energy.pJ).toBe(bill.total.mid);
  expect(run.energy.isComplete).toBe(bill.isComplete);
  expect(run.layers.map(({ name: layer, pJ }) => [layer, pJ])).toEqual(
    bill.rows.map(({ layer, energy }) => [layer, energy.mid]),
  );
  expect(run.notes?.[0]).toContain("ones of the tables (30 test examples): layer 1");
});

test("the file says what raw samples are: comparisons with bytes, a wire for the middle", () => {
  const { bill } = priceSubject(readForEnergy(path), loadMachine("lut-asic-45nm"), { fuse: true, most: {} });
  const { comparators, wires } = bill.rows[0]!.choices;
  expect(wires).toBe(1);
  expect(comparators).toBeGreaterThan(10);
});
