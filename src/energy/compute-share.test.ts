/** The EQAT sheet's arithmetic on Table 1 (check 10) and its table of compute shares, from real layer shapes. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { loadMachine } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import { resnet18 } from "../zoo/index.ts";
import { bill, type Counts, countWork, shareBehind, uniformRelative, uniformWidths } from "./index.ts";

describe("check 10: Table 1 of the paper", () => {
  test.each([
    ["MNIST", 6, 6, 0.6, 0.5625, 0.75, 0.8],
    ["CIFAR-10", 5.8, 5.9, 0.65, 0.5347, 0.7313, 0.4134],
    ["CIFAR-100", 6.8, 6.7, 0.97, 0.7119, 0.8438, -0.957],
  ])("%s", (_, weight, input, stated, compute, data, share) => {
    expect(Math.abs(uniformRelative(1, weight, input) - compute)).toBeLessThan(5.1e-5);
    expect(Math.abs(uniformRelative(0, weight, input) - data)).toBeLessThan(5.1e-5);
    expect(Math.abs(shareBehind(stated, weight, input) - share)).toBeLessThan(5e-4);
  });

  test("the same network at a = 0.8 would give 0.574 on CIFAR-10", () => {
    expect(uniformRelative(0.8, 5.8, 5.9)).toBeCloseTo(0.574, 3);
  });
});

/** 1 → 32 → 64 convolutions of 3 × 3 without padding, pooled, 9216-128-10. */
function mnistNetwork(): Model {
  const model = new Model();
  const g = new Emit(model.graph);
  const weight = (...dims: number[]) => g.constant(zeros("float32", dims));
  const x = model.graph.addInput("x", { dtype: "float32", dims: ["N", 1, 28, 28] });
  const features = g.op("Conv", [g.op("Conv", [x, weight(32, 1, 3, 3)]), weight(64, 32, 3, 3)]);
  const pooled = g.op("Flatten", [g.op("MaxPool", [features], { kernel_shape: [2, 2], strides: [2, 2] })]);
  model.graph.addOutput(g.matmul(g.matmul(pooled, weight(9216, 128)), weight(128, 10)));
  return model;
}

const mnistCnn = countWork(mnistNetwork(), { N: 1 });
const resnet = countWork(resnet18({}), { N: 1 });

const sums = ({ layers }: Counts) => ({
  macs: layers.reduce((sum, { macs }) => sum + macs, 0),
  weights: layers.reduce((sum, { nW }) => sum + nW, 0),
  activations: layers.reduce((sum, { nA }) => sum + nA, 0),
});

test("the networks have the sheet's sizes", () => {
  const small = sums(mnistCnn);
  expect(small.macs / 1e6).toBeCloseTo(12.0, 1);
  expect(small.weights / 1e6).toBeCloseTo(1.2, 2);
  const big = sums(resnet);
  expect(resnet.layers).toHaveLength(21);
  expect(big.macs / 1e6).toBeCloseTo(555.5, 0);
  expect(big.weights / 1e6).toBeCloseTo(11.21, 2);
  expect(big.activations / 1e6).toBeCloseTo(0.667, 2);
});

/** One row of the table in docs/energy.md. */
interface Row {
  readonly network: string;
  readonly machine: string;
  readonly home: string;
  readonly share: number;
  readonly sixBits: number;
}

const page = readFileSync(new URL("../../docs/energy.md", import.meta.url), "utf8");
const table = page
  .split("\n")
  .filter((line) => /^\| (MNIST CNN|ResNet-18) \|/.test(line))
  .map((line): Row => {
    const [, name, machine, home, share, sixBits] = line.split("|").map((cell) => cell.trim());
    return {
      network: name!,
      machine: machine!.replaceAll("`", ""),
      home: home!,
      share: Number(share),
      sixBits: Number(sixBits),
    };
  });

describe("the table of compute shares in docs/energy.md", () => {
  test("has the sheet's rows", () => {
    expect(table.map(({ network: name, share }) => [name, share])).toEqual([
      ["MNIST CNN", 0.609],
      ["MNIST CNN", 0.83],
      ["MNIST CNN", 0.448],
      ["MNIST CNN", 0.024],
      ["ResNet-18", 0.882],
      ["ResNet-18", 0.428],
      ["ResNet-18", 0.128],
    ]);
  });

  test.each(table)(
    "$network on $machine, $home: a = $share, 6 bits cost $sixBits",
    ({ network: name, machine, home, share, sixBits }) => {
      const counts = name === "ResNet-18" ? resnet : mnistCnn;
      const widths = uniformWidths(counts.layers, 6);
      const made = bill(counts, loadMachine(machine), widths, { placement: { weights: home, activations: home } });
      expect(Math.abs(made.computeShareAt8 - share)).toBeLessThan(5.1e-4);
      expect(Math.abs(made.relative.mid - sixBits)).toBeLessThan(5.1e-4);
      expect(made.relative.mid).toBeCloseTo(uniformRelative(made.computeShareAt8, 6, 6), 10);
    },
  );
});

test("45 nm DRAM at 20.3 pJ per bit: a = 0.012 and 0.054, 6 bits save a quarter", () => {
  const { text } = loadMachine("horowitz-45nm-lpddr4");
  const ddr3 = loadMachine(
    text
      .replace("type: lpddr4", "type: ddr3")
      .replace(
        "value: 8, unit: pJ/bit, source: accelergy_cacti",
        "value: 1300, unit: pJ, bits: 64, source: horowitz2014, range: { low: 1300, high: 2600, source: horowitz2014 }",
      ),
    "ddr3.yaml",
  );
  const small = bill(mnistCnn, ddr3, uniformWidths(mnistCnn.layers, 6));
  expect(small.computeShareAt8).toBeCloseTo(0.012, 3);
  expect(small.relative.mid).toBeCloseTo(0.75, 2);
  expect(bill(resnet, ddr3, uniformWidths(resnet.layers, 8)).computeShareAt8).toBeCloseTo(0.054, 3);
});

test("a = 0.8 for the MNIST CNN needs 0.061 pJ per bit, less than any of the memories", () => {
  const { macs, weights, activations } = sums(mnistCnn);
  const perBit = (macs * 0.2 * 0.25) / ((weights + activations) * 8);
  expect(perBit).toBeCloseTo(0.061, 3);
});
