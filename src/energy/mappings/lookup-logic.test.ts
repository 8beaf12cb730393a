/** @file Networks of lookup tables as logic: every part against a sum by hand, and where memory stands. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, tensor, zeros } from "../../base/tensor.ts";
import { RAW_SAMPLES_KEY } from "../../formats/index.ts";
import { Model } from "../../graph/model.ts";
import type { Value } from "../../graph/value.ts";
import { loadMachine, type Machine } from "../../machines/index.ts";
import { Emit, ONES_KEY } from "../../operators/index.ts";
import { mlp } from "../../zoo/index.ts";
import { type Bill, bill } from "../bill.ts";
import { countWork } from "../counts.ts";
import type { MappingOptions } from "../mapping.ts";
import { toggledEnergy } from "../toggles.ts";
import { uniformWidths } from "../width.ts";

const asic = loadMachine("lut-asic-45nm");
const fabric = loadMachine("lut-fabric");
/** pJ of a bit of the SRAM, of an addition or comparison of one bit, of a table. */
const [BIT, ADD, TABLE] = [20 / 64, 0.03 / 8, 0.02];

interface Parts {
  /** Values of a raw feature, or of a normalised one, that bits compare: [feature, threshold]. */
  readonly thresholds?: readonly (readonly [number, number])[];
  readonly features?: number;
  readonly layers?: readonly number[];
  readonly classes?: number;
  readonly isBytes?: boolean;
}

/** Tables of two inputs, as `methods/dwn` leaves them: rows of features with samples across. */
function network({ thresholds = [[0, 0.5]], features = 12, layers = [4, 2], classes = 2, isBytes }: Parts = {}): Model {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: ["N", features] });
  const rows = g.op("Gather", [g.transpose(x, [1, 0]), g.ints(thresholds.map(([f]) => f))], { axis: 0 });
  const t = f32(
    [thresholds.length, 1],
    thresholds.map(([, value]) => value),
  );
  let at = g.op("femto.Thermometer", [rows, g.constant(t)], { axis: 0 });
  let width = thresholds.length;
  for (const tables of layers) {
    at = tablesOn(g, at, width, tables);
    width = tables;
  }
  const sums = g.op("femto.GroupSum", [at], { axis: 0, groups: classes, pad: true });
  model.graph.addOutput(g.transpose(sums, [1, 0]));
  if (isBytes) model.metadata.set(RAW_SAMPLES_KEY, JSON.stringify({ dtype: "uint8" }));
  return model;
}

/** Every bit is read where there are tables enough. */
function tablesOn(g: Emit, bits: Value, width: number, tables: number): Value {
  const mapping = tensor(
    "int64",
    [tables, 2],
    Array.from({ length: 2 * tables }, (_, i) => i % width),
  );
  return g.op(
    "femto.LutLayer",
    [bits, g.constant(tensor("uint64", [tables, 1], new Array(tables).fill(6n))), g.constant(mapping)],
    { axis: 0, strict: true },
  );
}

function price(model: Model, machine: Machine = asic, options: MappingOptions = {}, batch = 1): Bill {
  const counts = countWork(model, { N: batch });
  return bill(counts, machine, uniformWidths(counts.layers, 8), options);
}

const rowOf = ({ rows }: Bill, operator: string) => rows.find((row) => row.operator === operator)!;
const bytes = [
  [0, 100],
  [0, 127],
  [1, 191],
  [2, 100],
  [2, 100],
  [3, 255],
  [4, -1],
] as const;

describe("prices of 45 nm", () => {
  it("are those of comparisons, tables, full adders, and of features in and counts out", () => {
    const made = price(network({ thresholds: bytes, layers: [40, 10], isBytes: true }));
    const encoder = rowOf(made, "femto.Thermometer");
    // x > 100 needs 8 bits, twice on different features; x > 191 two; x > 127 is a wire; no byte is above 255, each is above −1.
    expect(encoder.byCause.compute.mid).toBeCloseTo((8 + 8 + 2) * ADD, 12);
    expect(encoder.choices).toEqual({ comparators: 3, wires: 1 });
    expect(encoder.byCause.activations.mid).toBeCloseTo(3 * 8 * BIT, 12);
    const tables = made.rows.filter(({ operator }) => operator === "femto.LutLayer");
    expect(tables.map(({ energy }) => energy.mid)).toEqual([40 * TABLE, 10 * TABLE]);
    // Five bits become three by two full adders; a count of three bits leaves for each class.
    const counters = rowOf(made, "femto.GroupSum");
    expect(counters.byCause.compute.mid).toBeCloseTo(2 * 2 * ADD, 12);
    expect(counters.byCause.activations.mid).toBeCloseTo(2 * 3 * BIT, 12);
    expect(made.isComplete).toBe(true);
    expect(made.rows).toHaveLength(4);
  });

  it("compare whole numbers where the file does not say that examples are bytes, each threshold once", () => {
    const encoder = rowOf(price(network({ thresholds: bytes })), "femto.Thermometer");
    expect(encoder.byCause.compute.mid).toBeCloseTo(6 * 8 * ADD, 12);
    expect(encoder.byCause.activations.mid).toBeCloseTo(5 * 8 * BIT, 12);
  });

  it("leave bits that no table reads out", () => {
    const made = price(network({ thresholds: [...bytes, [7, 3]], layers: [3, 2], isBytes: true }));
    expect(rowOf(made, "femto.Thermometer").byCause.activations.mid).toBeCloseTo(3 * 8 * BIT, 12);
  });

  it("grow with the batch in every part but none else", () => {
    const model = network({ thresholds: bytes, layers: [40, 10], isBytes: true });
    expect(price(model, asic, {}, 8).total.mid).toBeCloseTo(8 * price(model).total.mid, 9);
  });

  it("leave an int8 perceptron of the same node hundreds of times dearer, memory included in both", () => {
    const perceptron = price(mlp({ inputs: 784, hidden: [64], classes: 10, seed: 1 }));
    expect(perceptron.isComplete).toBe(true);
    // 50 816 products at 0.2 + 0.03 pJ, and at least their weights from the memory at 20 pJ a word.
    expect(perceptron.total.mid).toBeGreaterThan(50_816 * (0.23 + 20 / 8));
    const thresholds = Array.from({ length: 484 }, (_, f) => [f, 127] as const);
    const digits = price(network({ thresholds, features: 784, layers: [1000, 500], classes: 10, isBytes: true }));
    expect(digits.total.mid / perceptron.total.mid).toBeLessThan(0.01);
    // 1500 tables, 44 full adders a class.
    expect(digits.byCause.compute.mid).toBeCloseTo(1500 * TABLE + 440 * ADD, 9);
    expect(digits.byCause.activations.mid).toBeCloseTo((8 * 484 + 10 * 6) * BIT, 9);
  });

  it("pay the comparisons of an argmax that the file has, whose index leaves instead of the counts", () => {
    const model = network({ layers: [40, 10], classes: 5 });
    const g = new Emit(model.graph);
    const [counts] = model.graph.outputs.splice(0, 1);
    model.graph.addOutput(g.op("ArgMax", [counts!], { axis: 1 }));
    const made = price(model);
    expect(rowOf(made, "ArgMax").byCause.compute.mid).toBeCloseTo(4 * 2 * ADD, 12);
    expect(rowOf(made, "femto.GroupSum").byCause.activations.mid).toBe(0);
  });
});

it("an FPGA pays 1.19 to 4.13 pJ a table, published for whole chips; without memory input and output are free", () => {
  const made = price(network({ layers: [100, 10] }), fabric);
  expect(made.byCause.activations.mid).toBe(0);
  const { lo, mid, hi } = rowOf(made, "femto.LutLayer").energy;
  expect([lo, mid, hi].map((value) => value / 100)).toEqual([1.19, 2.22, 4.13]);
});

it("a machine without tables is missing their price, and says so", () => {
  const made = price(network(), loadMachine("horowitz-45nm-sram8k"), { mapping: "lookup-fabric" });
  expect(made.isComplete).toBe(false);
  // Nor does its source price a write, which the counts need.
  expect(made.unmodelled.map(({ reason }) => reason)).toEqual([
    "the machine has no price for tableRead",
    "sram has no price for write",
  ]);
  expect(made.total.mid).toBeGreaterThan(0);
});

describe("memory", () => {
  /** A product, tables on its result, a product on what they put out. */
  function half(): Model {
    const model = new Model();
    const g = new Emit(model.graph);
    const x = model.graph.addInput("x", { dtype: "float32", dims: ["N", 6] });
    const weight = (dims: readonly [number, number]) => g.constant(zeros("float32", dims), "w");
    const first = g.matmul(x, weight([6, 12]));
    const thresholds = g.constant(
      f32(
        [12, 2],
        Array.from({ length: 24 }, (_, i) => (i % 2) / 2),
      ),
    );
    const bits = g.op("femto.Thermometer", [g.transpose(first, [1, 0]), thresholds], { axis: 0 });
    const chosen = g.transpose(tablesOn(g, tablesOn(g, bits, 24, 30), 30, 16), [1, 0]);
    model.graph.addOutput(g.matmul(chosen, weight([16, 3])));
    return model;
  }

  it("stands between a product and the logic behind it, and between logic and a product, and nowhere else", () => {
    const made = price(half());
    const moved = made.rows.map(({ operator, terms }) => [
      operator,
      ...terms.filter(({ cause }) => cause === "activations").map(({ quantity, price: id }) => [id, quantity]),
    ]);
    expect(moved).toEqual([
      ["MatMul", ["sram.read", 6 * 8], ["sram.write", 12 * 8]],
      ["femto.Thermometer", ["sram.read", 12 * 8]],
      ["femto.LutLayer"],
      ["femto.LutLayer", ["sram.write", 16 * 8]],
      ["MatMul", ["sram.read", 16 * 8], ["sram.write", 3 * 8]],
    ]);
  });

  it("is used by every node for itself where nothing is done in one go", () => {
    const [fused, alone] = [price(half()), price(half(), asic, { fuse: false })];
    // Bits of the code and of the tables, written and read.
    expect(alone.byCause.activations.mid).toBeGreaterThan(fused.byCause.activations.mid + 2 * (24 + 30) * BIT);
  });

  it("keeps what logic makes where something else reads it, too", () => {
    const model = network({ layers: [6] });
    const g = new Emit(model.graph);
    const bits = model.graph.nodes.find(({ kind }) => kind === "femto.LutLayer")!.outputs[0]!;
    model.graph.addOutput(g.op("Relu", [bits]));
    const made = price(model);
    expect(rowOf(made, "femto.LutLayer").byCause.activations.mid).toBeCloseTo(6 * BIT, 12);
    expect(rowOf(made, "femto.GroupSum").byCause.activations.mid).toBeCloseTo(2 * 2 * BIT, 12);
  });

  it("holds the vectors that bits choose; of those the measured share is added", () => {
    const chosen = (share?: string) => {
      const model = new Model();
      const g = new Emit(model.graph);
      const x = model.graph.addInput("x", { dtype: "float32", dims: [5, 7] });
      const code = g.op("femto.Thermometer", [x, g.constant(f32([5, 2], new Array(10).fill(0.5)))], { axis: 0 });
      const z = tablesOn(g, code, 10, 20);
      const sum = g.op("femto.ConditionalSum", [z, g.constant(zeros("float32", [20, 5]))], { axis: 0 });
      if (share !== undefined) sum.producer!.metadata.set(ONES_KEY, share);
      model.graph.addOutput(g.op("Add", [x, sum]));
      return rowOf(price(model), "femto.ConditionalSum");
    };
    const row = chosen();
    expect(row.fused).toHaveLength(1);
    expect(row.byCause.weights.mid).toBeCloseTo(20 * 5 * 8 * BIT, 9);
    // The residual comes in, the sum goes out.
    expect(row.byCause.activations.mid).toBeCloseTo(2 * 35 * 8 * BIT, 9);
    const adds = 20 * 5 * 7 * 8 * ADD;
    expect(row.byCause.compute.mid).toBeCloseTo(adds + 35 * 8 * ADD, 9);
    expect(chosen("0.25").byCause.compute.mid).toBeCloseTo(adds / 4 + 35 * 8 * ADD, 9);
  });
});

describe("measured ones", () => {
  const made = price(network({ layers: [4] }));
  const rest = made.total.mid - 4 * TABLE;

  it("a fair coin toggles as the prices say, a constant never, a quarter three quarters as often", () => {
    expect(toggledEnergy(made, [[0.5, 0.5, 0.5, 0.5]]).mid).toBeCloseTo(made.total.mid, 12);
    expect(toggledEnergy(made, [[0, 1, 1, 0]]).mid).toBeCloseTo(rest, 12);
    expect(toggledEnergy(made, [[0.25, 0.75, 0.25, 0.75]]).mid).toBeCloseTo(rest + 3 * TABLE, 12);
  });

  it("property: bits that toggle take at most what all bits take, the same for a bit and its complement", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }), (ones) => {
        const toggled = toggledEnergy(made, [ones]).mid;
        expect(toggled).toBeLessThanOrEqual(made.total.mid + 1e-12);
        expect(toggledEnergy(made, [ones.map((p) => 1 - p)]).mid).toBeCloseTo(toggled, 9);
      }),
    );
  });
});

it("property: what is done in one go never costs more than each node for itself", () => {
  const thresholds = fc.array(
    fc.tuple(fc.nat({ max: 11 }), fc.integer({ min: -2, max: 257 })).map(([f, t]) => [f, t] as const),
    { minLength: 1, maxLength: 20 },
  );
  const layers = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(thresholds, layers, fc.integer({ min: 1, max: 5 }), fc.boolean(), (bits, sizes, classes, isBytes) => {
      const model = network({ thresholds: bits, layers: sizes, classes, isBytes });
      const [together, alone] = [price(model), price(model, asic, { fuse: false })];
      expect(together.total.mid).toBeLessThanOrEqual(alone.total.mid + 1e-9);
      expect(together.rows.every(({ energy }) => Number.isFinite(energy.mid) && energy.mid >= 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
