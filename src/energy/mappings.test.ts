/** @file The mappings on machines of the library: counts by hand, conservation, and what belongs to each kind. */

import { describe, expect, test } from "vitest";
import { zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { loadMachine, machineNames } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import { zoo } from "../zoo/index.ts";
import { type Bill, bill, countWork, mappings, uniformWidths } from "./index.ts";

/** The worked example of the energy sheet: a 3 × 3 convolution, 64 → 64 channels, 32 × 32 outputs. */
function workedExample() {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 64, 32, 32] });
  const w = g.constant(zeros("float32", [64, 64, 3, 3]), "w");
  model.graph.addOutput(g.op("Conv", [x, w], { pads: [1, 1, 1, 1] }));
  return countWork(model);
}

const spikes = { spikeRate: 0.1, timeSteps: 5 };
/** `lpddr4-edge` with room for all partial sums of the example, so that its weights pass once. */
const roomy = loadMachine(loadMachine("lpddr4-edge").text.replace("size: 256 KB", "size: 1 MB"), "roomy.yaml");
const price = (name: string, counts: ReturnType<typeof countWork>, bits = 8, options = {}): Bill => {
  const machine = loadMachine(name);
  return bill(counts, machine, uniformWidths(counts.layers, bits), {
    mapping: machine.mapping.kind,
    ...spikes,
    ...options,
  });
};
const quantityOf = ({ rows }: Bill, rule: RegExp) =>
  rows
    .flatMap(({ terms }) => terms)
    .filter(({ chain }) => rule.test(chain.rule))
    .reduce((sum, { quantity }) => sum + quantity, 0);

describe("systolic: the worked example of the sheet (check 4)", () => {
  const counts = workedExample();
  const made = bill(counts, roomy, uniformWidths(counts.layers, 8));
  const [row] = made.rows;

  test("cycles, utilisation, and what binds", () => {
    // one image: main memory brings 0.6 Mbit in and out over 204 bits a cycle, less than the array computes
    expect(row!.timing!.busy[0]).toEqual({ unit: "array", cycles: 10_926, state: "active" });
    expect(37_748_736 / (10_926 * 4096)).toBeCloseTo(0.84349, 5);
    expect(made.latency!.cycles).toBe(row!.timing!.latencyCycles);
    expect(row!.timing!.latencyCycles).toBeGreaterThanOrEqual(10_926);
  });

  test("reads of inputs and weights, accesses of partial sums", () => {
    expect(quantityOf(made, /^input into the array/)).toBe(589_824 * 8);
    expect(quantityOf(made, /^weights into the array/)).toBe(36_864 * 8);
    // (2·9 − 1)·M·T, the last 65 536 of them as finished 8-bit outputs
    expect(quantityOf(made, /^partial sums/)).toBe((1_114_112 - 65_536) * 32);
    expect(quantityOf(made, /^finished outputs/)).toBe(65_536 * 8);
  });

  test("main memory: input, weights and output once", () => {
    const dram = made.rows[0]!.terms.filter(({ price: id }) => id.startsWith("dram"));
    expect(dram.reduce((sum, { quantity }) => sum + quantity, 0)).toBe((65_536 + 36_864 + 65_536) * 8);
    // 64 pJ a byte: 10.748 µJ
    expect(dram.reduce((sum, { energy }) => sum + energy.mid, 0) / 1e6).toBeCloseTo(10.748, 3);
  });
});

describe("systolic with tiles found by search", () => {
  const counts = countWork(zoo.resnet20({}), { N: 1 });
  const at = (mapping: string) => price("lpddr4-edge", counts, 8, { mapping });

  test("never costs more than the tiling that the array's rules give", () => {
    expect(at("systolic-tiled").total.mid).toBeLessThanOrEqual(at("systolic").total.mid * (1 + 1e-12));
  });

  test("says the tile, the order, and what binds", () => {
    const [row] = at("systolic-tiled").rows;
    expect(row!.choices.tile).toMatch(/^K \d+ · M \d+ · T \d+$/);
    expect(row!.timing!.binding).not.toBe("");
  });
});

describe("a tensor that fits nowhere", () => {
  const counts = workedExample();
  const closed = loadMachine("lpddr4-edge")
    .text.replace(/ {2}- name: dram[\s\S]*$/, "")
    .replace("size: 256 KB", "size: 16 KB");

  test("is one error that says by how much, and asks for the main memory's kind", () => {
    const machine = loadMachine(closed, "closed.yaml");
    for (const mapping of ["systolic", "systolic-tiled"]) {
      expect(() => bill(counts, machine, uniformWidths(counts.layers, 8), { mapping })).toThrow(
        expect.objectContaining({
          code: "energy.capacity",
          where: expect.stringMatching(/Conv.* › weights$/),
          expected: "at most 16384 bytes",
          got: "36864 bytes, 20480 too many",
          hint: expect.stringContaining("class dram with its type"),
        }),
      );
    }
  });
});

test("vector: instructions are paid, and dominate", () => {
  const made = price("mcu-sram", countWork(zoo.lenet5({}), { N: 1 }));
  expect(made.byCause.instructions.mid).toBeGreaterThan(made.byCause.compute.mid);
  expect(made.latency!.seconds).toBeGreaterThan(0);
});

test("memory between the array and main memory passes on all that comes and goes, tiled or not", () => {
  const counts = countWork(zoo.lenet5({}), { N: 1 });
  const paid = (mapping: string, id: string) =>
    price("tpu-v4i-like", counts, 8, { mapping })
      .rows.filter(({ macs }) => macs > 0)
      .flatMap(({ terms }) => terms.filter((term) => term.price === id && !/read once/.test(term.chain.rule)))
      .reduce((sum, { quantity }) => sum + quantity, 0);
  for (const mapping of ["systolic", "systolic-tiled"]) {
    const outside = paid(mapping, "dram.read") + paid(mapping, "dram.write");
    expect(outside).toBeGreaterThan(0);
    expect(paid(mapping, "cmem.read")).toBe(outside);
    expect(paid(mapping, "cmem.write")).toBe(outside);
  }
});

describe("spiking", () => {
  test("spikes that join a layer from elsewhere make the total a lower bound", () => {
    const model = new Model();
    const g = new Emit(model.graph);
    const w = () => g.constant(zeros("float32", [8, 8]), "w");
    const first = g.op("Relu", [g.matmul(model.graph.addInput("x", { dtype: "float32", dims: [1, 8] }), w())]);
    const sum = g.op("Add", [g.matmul(first, w()), first]);
    model.graph.addOutput(g.matmul(g.op("Relu", [sum]), w()));
    const made = price("snn-paper-22nm", countWork(model));
    expect(made.unmodelled.map(({ operator, reason }) => `${operator}: ${reason}`)).toContain(
      "Add: spikes that join a layer from elsewhere are not counted",
    );
  });

  const counts = countWork(zoo.mlp({ inputs: 16, hidden: [8], classes: 4, seed: 1 }), { N: 1 });

  test("synapses by spikes, neurons by steps; the analogue input is multiplied", () => {
    const made = price("snn-paper-22nm", counts);
    const [first, second] = made.rows as [Bill["rows"][0], Bill["rows"][0]];
    expect(first.terms.some(({ price: id }) => id.startsWith("mac."))).toBe(true);
    // 8 · 4 synapses × 5 steps × 0.1
    expect(second.terms.find(({ chain }) => /^synapses/.test(chain.rule))!.quantity).toBeCloseTo(16, 9);
    expect(second.terms.find(({ chain }) => /^thresholds/.test(chain.rule))!.quantity).toBe(20);
    expect(second.byCause.state.mid).toBeGreaterThan(0);
  });

  test("without spikes the state is still touched", () => {
    const silent = price("snn-paper-22nm", counts, 8, { spikeRate: 0 });
    expect(silent.rows[1]!.byCause.state.mid).toBeGreaterThan(0);
    expect(silent.rows[1]!.byCause.compute.mid).toBe(0);
  });

  test("movement goes the cheaper way: dense above the rate at which a bit costs less than an event", () => {
    const way = (spikeRate: number) => price("snn-paper-22nm", counts, 8, { spikeRate }).rows[1]!.choices.movement;
    // 0.25 pJ a bit against 3 pJ an event
    expect([way(0.08), way(0.09)]).toEqual(["sparse", "dense"]);
  });

  test("measured events are used where there are any; without steps or rate there is one clear message", () => {
    const machine = loadMachine("snn-paper-22nm");
    const widths = uniformWidths(counts.layers, 8);
    const value = counts.layers[1]!.input!.value;
    const activity = {
      source: { kind: "measured", text: "test" },
      samples: 1,
      values: { [value]: { zeros: 0.5, eventsPerStep: [0.2, 0.4] } },
    } as const;
    const made = bill(counts, machine, widths, { timeSteps: 2, activity });
    expect(made.rows[1]!.choices["spike rate"]).toBeCloseTo(0.3, 9);
    expect(made.activity).toEqual(activity.source);
    expect(() => bill(counts, machine, widths, { timeSteps: 2 })).toThrow(
      expect.objectContaining({ code: "energy.activity" }),
    );
    expect(() => bill(counts, machine, widths, { spikeRate: 0.1 })).toThrow(
      expect.objectContaining({ code: "energy.steps" }),
    );
  });
});

test("crossbar: conversions of columns, steps and row tiles, by hand", () => {
  const made = price("isaac-like", workedExample());
  // K 576 on 128 rows: 5 row tiles; 8-bit weights in 4 cells of 2 bits: 256 columns; 8 steps of one bit; 1024 positions
  expect(quantityOf(made, /row tiles$/)).toBe(1024 * 256 * 5 * 8);
  expect(quantityOf(made, /column tiles$/)).toBe(1024 * 576 * 2 * 8);
  expect(made.rows[0]!.choices).toMatchObject({ crossbars: 10, steps: 8, "cells per weight": 4 });
  expect(made.byCause.conversion.mid).toBeGreaterThan(made.byCause.compute.mid);
});

test("crossbar: a product of two activations reads each factor at its own width", () => {
  const model = new Model();
  const g = new Emit(model.graph);
  const [x, y] = [
    model.graph.addInput("x", { dtype: "float32", dims: [1, 6, 10] }),
    model.graph.addInput("y", { dtype: "float32", dims: [1, 10, 3] }),
  ];
  model.graph.addOutput(g.matmul(x, y));
  const counts = countWork(model);
  const [product] = counts.nodes;
  const read = (weight: number, input: number) =>
    bill(counts, loadMachine("isaac-like"), [{ layer: product!.name, weight, input }])
      .rows[0]!.terms.filter(({ chain }) => chain.rule === "read once")
      .map(({ quantity }) => quantity);
  expect(read(8, 4)).toEqual([6 * 10 * 4, 10 * 3 * 8]);
});

test("a fabric of tables has no multiplier: products are listed, not free", () => {
  const counts = countWork(zoo.mlp({ inputs: 16, hidden: [8], classes: 4, seed: 1 }), { N: 1 });
  const machine = loadMachine("lut-fabric");
  const { isComplete, unmodelled } = bill(counts, machine, uniformWidths(counts.layers, 8), {
    mapping: "lookup-fabric",
  });
  expect(isComplete).toBe(false);
  expect(unmodelled).toEqual(
    expect.arrayContaining([expect.objectContaining({ operator: "Gemm", ops: expect.objectContaining({ mac: 160 }) })]),
  );
});

test("every mapping of the table is the one it says", () => {
  for (const [id, mapping] of Object.entries(mappings)) expect(mapping.id).toBe(id);
});

describe.each(machineNames.filter((name) => loadMachine(name).mapping.kind in mappings))("%s", (name) => {
  const counts = countWork(zoo.resnet8({}), { N: 1 });

  test("layers and causes add up; nothing is negative or lost; more bits never cost less", () => {
    const eight = price(name, counts);
    const four = price(name, counts, 4);
    for (const { rows, byCause, total } of [eight, four]) {
      const ofRows = rows.reduce((sum, { energy }) => sum + energy.mid, 0);
      const ofCauses = Object.values(byCause).reduce((sum, { mid }) => sum + mid, 0);
      expect(Math.abs(ofRows / total.mid - 1)).toBeLessThan(1e-12);
      expect(Math.abs(ofCauses / total.mid - 1)).toBeLessThan(1e-12);
      for (const { terms } of rows) for (const { energy } of terms) expect(energy.lo).toBeGreaterThanOrEqual(0);
    }
    expect(eight.rows.reduce((sum, { fused }) => sum + 1 + fused.length, 0)).toBe(counts.nodes.length);
    // A core without instructions for narrow operands unpacks them, and pays for that.
    if (name === "mcu-sram") expect(four.byCause.weights.mid).toBeLessThan(eight.byCause.weights.mid);
    else expect(four.total.mid).toBeLessThanOrEqual(eight.total.mid * (1 + 1e-12));
  });
});
