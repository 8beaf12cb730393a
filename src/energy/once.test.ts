/** @file The mapping `once` on real networks: everything that computes or moves data is priced or listed. */

import { describe, expect, test } from "vitest";
import { zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { loadMachine } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import { zoo } from "../zoo/index.ts";
import { bill, countWork, uniformWidths } from "./index.ts";

const { text } = loadMachine("horowitz-45nm-sram8k");
/** The library's machine says nothing of writes; here they cost what reads cost. */
const machine = loadMachine(
  text.replace(
    /( +)- \{ verb: read, value: 10.*\n/,
    (line, indent) => `${line}${indent}- { verb: write, value: 10, unit: pJ, bits: 64, source: horowitz2014 }\n`,
  ),
  "writes.yaml",
);
const options = { mapping: "once" } as const;

function network(build: (g: Emit, model: Model) => void): Model {
  const model = new Model();
  build(new Emit(model.graph), model);
  return model;
}

/** Conv 3 → 4 of 3×3 on 8×8, Relu, then the sum of both. */
const residual = network((g, model) => {
  const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 3, 8, 8] });
  const w = g.constant(zeros("float32", [3, 3, 3, 3]), "w");
  const conv = g.op("Conv", [x, w], { pads: [1, 1, 1, 1] });
  model.graph.addOutput(g.op("Relu", [g.op("Add", [conv, x])]));
});

describe("a convolution with a tail", () => {
  const counts = countWork(residual);
  const widths = uniformWidths(counts.layers, 8);

  test("is one row: the sum and the Relu are done on the way out", () => {
    const { rows, isComplete } = bill(counts, machine, widths, options);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.fused).toHaveLength(2);
    expect(isComplete).toBe(true);
  });

  test("costs what a hand counts", () => {
    const { byCause } = bill(counts, machine, widths, options);
    const [macs, pixels] = [3 * 3 * 9 * 64, 3 * 64];
    // a multiplication and a 32-bit addition each; one addition and one comparison (an addition) for each output
    expect(byCause.compute.mid).toBeCloseTo(macs * (0.2 + 0.1) + pixels * 2 * 0.1, 6);
    expect(byCause.weights.mid).toBeCloseTo(81 * 8 * (10 / 64), 9);
    // x for the product, x for the sum, the result
    expect(byCause.activations.mid).toBeCloseTo(3 * pixels * 8 * (10 / 64), 9);
  });

  test("without fusion the two values between the nodes are written and read again", () => {
    const whole = bill(counts, machine, widths, { ...options, fuse: false });
    expect(whole.rows).toHaveLength(3);
    const fused = bill(counts, machine, widths, options);
    const between = 2 * 2 * 3 * 64 * 8 * (10 / 64);
    expect(whole.total.mid - fused.total.mid).toBeCloseTo(between, 6);
  });

  test("a value that leaves the model is written, whoever else reads it", () => {
    const shown = network((g, model) => {
      const x = model.graph.addInput("x", { dtype: "float32", dims: [2, 4] });
      const hidden = g.matmul(x, g.constant(zeros("float32", [4, 4]), "w"));
      model.graph.addOutput(hidden);
      model.graph.addOutput(g.op("Relu", [hidden]));
    });
    const own = countWork(shown);
    expect(bill(own, machine, uniformWidths(own.layers, 8), options).rows).toHaveLength(2);
  });
});

test("a machine without a price for writes makes the total a lower bound, not a failure", () => {
  const counts = countWork(residual);
  const silent = loadMachine(text.replace(/ +- \{ verb: write.*\n/, ""), "reads.yaml");
  const { isComplete, unmodelled } = bill(counts, silent, uniformWidths(counts.layers, 8), options);
  expect(isComplete).toBe(false);
  expect(unmodelled).toMatchObject([{ reason: "sram has no price for write" }]);
});

test("operations that no source prices are listed with their counts", () => {
  const model = network((g, m) => {
    const x = m.graph.addInput("x", { dtype: "float32", dims: [1, 10] });
    m.graph.addOutput(g.op("Softmax", [g.matmul(x, g.constant(zeros("float32", [10, 10]), "w"))]));
  });
  const counts = countWork(model);
  const { unmodelled, isComplete } = bill(counts, machine, uniformWidths(counts.layers, 8), options);
  expect(isComplete).toBe(false);
  expect(unmodelled).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ operator: "Softmax", ops: expect.objectContaining({ exponential: 10 }) }),
    ]),
  );
});

test("a product of two activations is priced, its second factor from the memory of activations", () => {
  const model = network((g, m) => {
    const x = m.graph.addInput("x", { dtype: "float32", dims: [2, 3] });
    const y = g.matmul(x, g.constant(zeros("float32", [3, 3]), "w"));
    m.graph.addOutput(g.matmul(y, g.transpose(y, [1, 0])));
  });
  const counts = countWork(model);
  const { rows } = bill(counts, machine, uniformWidths(counts.layers, 4), options);
  const product = rows.find(({ operator, nW }) => operator === "MatMul" && nW === 6)!;
  expect(product.byCause.weights.mid).toBe(0);
  expect(product.byCause.activations.mid).toBeCloseTo((6 + 6 + 4) * 4 * (10 / 64), 9);
});

test.each(["lenet5", "resnet8", "dsCnn", "mobilenetV2", "vitTiny"] as const)("%s: nothing is forgotten", (name) => {
  const counts = countWork(zoo[name]({}), { N: 1 });
  const made = bill(counts, machine, uniformWidths(counts.layers, 8), options);
  const priced = made.rows.reduce((sum, { fused }) => sum + 1 + fused.length, 0);
  expect(priced).toBe(counts.nodes.length);
  expect(made.total.mid).toBeGreaterThan(bill(counts, machine, uniformWidths(counts.layers, 8)).total.mid);
});
