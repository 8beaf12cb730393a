/**
 * @file The first layers of a real network on an array: every sum of the array's model, its modules, its gates, Icarus and Verilator
 * is the accumulator that the reference engine computes, on digits of MNIST.
 */

import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GateEvaluator } from "../circuits/gates/index.ts";
import {
  type Circuit,
  designOf,
  findTool,
  generate,
  Interpreter,
  lintWithVerilator,
  runVectors,
  simulateWithIcarus,
  simulateWithVerilator,
  singleStream,
  streamOf,
  synthesise,
  systolicArray,
  testbenchOf,
  verilogOf,
  Yosys,
} from "../circuits/index.ts";
import type { Netlist } from "../circuits/netlist/index.ts";
import { loadDataSet } from "../data/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { lenet5 } from "../zoo/index.ts";
import { checkOnArray, type NetworkOnArray, narrowestArray, networkOnArray } from "./network-on-array.ts";
import { type LayerProduct, layerProducts } from "./network-products.ts";

const data = loadDataSet("mnist10k").test!;
const network = fileURLToPath(new URL("../../golden/weight-selection/model.int.onnx", import.meta.url));
const model = readModelFile(network, { weights: "read" });
const refused = (code: string) => expect.objectContaining({ code });

let products: LayerProduct[];
let array: Circuit;
let run: NetworkOnArray;

beforeAll(() => {
  products = layerProducts(model, data, { layers: 2, images: 1, steps: 6 });
  array = generate(systolicArray, narrowestArray(products, 3, 2));
  run = networkOnArray(array, products);
});

test("the products are those of the layers: sizes, codes around the zero point, spread columns", () => {
  expect(products.map(({ name, weights, columns }) => [name, weights.length, weights[0]!.length, columns])).toEqual([
    ["conv1", 25, 6, [0, 130, 261, 392, 522, 653]],
    ["conv2", 150, 16, [0, 16, 33, 50, 66, 83]],
  ]);
  // Padding is 0, a black pixel is the code 0 less the zero point 33.
  expect(products[0]!.activations[0]).toContain(0);
  expect(products[0]!.activations[0]).toContain(-33);
  for (const { weights, activations, sums } of products) {
    const own = activations.map((a) =>
      weights[0]!.map((_, m) => a.reduce((sum, x, k) => sum + x * weights[k]![m]!, 0)),
    );
    expect(own).toEqual(sums);
  }
});

test("the fully connected layers too, one column an image", () => {
  const all = layerProducts(model, data, { layers: 5, images: 2 });
  expect(all.map(({ name, columns }) => [name, columns.length])).toEqual([
    ["conv1", 2 * 784],
    ["conv2", 2 * 100],
    ["fc1", 2],
    ["fc2", 2],
    ["fc3", 2],
  ]);
  const last = all.slice(3);
  const plain = generate(systolicArray, { ...narrowestArray(last, 16, 16), multiplier: "behavioural" });
  expect(checkOnArray(plain.model(), networkOnArray(plain, last), last)).toBe(2 * (84 + 10));
});

test("the array is the narrowest that holds operands and sums", () => {
  const { parameters } = array as { parameters: { activationBits: number; accumulatorBits: number } };
  expect(parameters).toMatchObject({ rows: 3, columns: 2, weightBits: 8, activationBits: 9, isActivationSigned: true });
  const narrower = { ...narrowestArray(products, 3, 2), activationBits: parameters.activationBits - 1 };
  expect(() => networkOnArray(generate(systolicArray, narrower), products)).toThrow(refused("circuits.range"));
  const second = narrowestArray(products.slice(1), 3, 2);
  expect(second).toMatchObject({ isActivationSigned: false });
  expect(second.activationBits).toBeLessThanOrEqual(8);
});

test("model and modules give the accumulators of the reference", () => {
  const sums = 6 * 6 + 6 * 16;
  expect(checkOnArray(array.model(), run, products)).toBe(sums);
  const first = products.slice(0, 1);
  expect(checkOnArray(new Interpreter(array.top), networkOnArray(array, first), first)).toBe(36);
  // Each layer: a reset, its tiles of 2R + C + T − 2 cycles, the cycle of the last sum.
  expect(run.layers.map(({ tiles, cycles }) => [tiles, cycles])).toEqual([
    [9 * 3, 27 * 12 + 2],
    [50 * 8, 400 * 12 + 2],
  ]);
});

test("one wrong weight, activation or bit of the array is found, and named", () => {
  const broken = (change: (product: LayerProduct) => LayerProduct) => networkOnArray(array, products.map(change));
  const weight = broken(({ weights, ...rest }) => ({
    ...rest,
    weights: weights.map((row, k) => row.map((w, m) => (k === 24 && m === 5 ? w ^ 1 : w))),
  }));
  expect(() => checkOnArray(array.model(), weight, products)).toThrow(
    expect.objectContaining({ where: "layer conv1 › column 0 › output 5" }),
  );
  const model = array.model();
  const stuck = { step: (values: Parameters<typeof model.step>[0]) => ({ p_o: model.step(values).p_o! | 1n }) };
  expect(() => checkOnArray(stuck, run, products)).toThrow(refused("array.sum"));
});

test("any products of whole numbers on any array", () => {
  const values = (most: number) => fc.integer({ min: -most, max: most });
  const matrix = (rows: number, columns: number, most: number) =>
    fc.array(fc.array(values(most), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
  const size = fc.integer({ min: 1, max: 5 });
  const product = fc
    .tuple(size, size, size)
    .chain(([k, m, t]) => fc.tuple(matrix(k, m, 127), matrix(t, k, 255)))
    .map(([weights, activations]) => ({
      ...{ name: "random", weights, activations, columns: activations.map((_, t) => t) },
      sums: activations.map((a) => weights[0]!.map((_, m) => a.reduce((sum, x, k) => sum + x * weights[k]![m]!, 0))),
    }));
  fc.assert(
    fc.property(fc.array(product, { minLength: 1, maxLength: 3 }), size, size, (layers, rows, columns) => {
      const circuit = generate(systolicArray, { ...narrowestArray(layers, rows, columns), multiplier: "behavioural" });
      const all = layers.reduce((sum, { sums }) => sum + sums.length * sums[0]!.length, 0);
      expect(checkOnArray(circuit.model(), networkOnArray(circuit, layers), layers)).toBe(all);
    }),
  );
});

describe("gates", () => {
  const yosys = new Yosys();
  let netlist: Netlist;
  beforeAll(async () => {
    netlist = (await synthesise(yosys, designOf(array), "gates")).netlist!;
  }, 300_000);
  afterAll(() => yosys.close());

  test("the netlist gives the accumulators, and switches as the evaluator counts", async () => {
    // The first layer alone: 326 cycles of some 3 000 gates.
    const first = networkOnArray(array, products.slice(0, 1));
    expect(checkOnArray(singleStream(netlist), first, products.slice(0, 1))).toBe(36);
    const zero = await GateEvaluator.compile(netlist, { delay: "zero" });
    const { toggles, transitions } = zero.run(streamOf(netlist, first.vectors));
    expect(transitions).toBe(first.vectors.length - 1);
    const port = netlist.ports.find(({ name }) => name === "p_o")!;
    const seen = runVectors(array.model(), first.vectors).map(({ p_o }) => p_o!);
    const counted = port.nets.map((_, bit) =>
      seen.reduce((sum, p, i) => sum + (i > 0 && ((p ^ seen[i - 1]!) >> BigInt(bit)) & 1n ? 1 : 0), 0),
    );
    // What the ports show changes as often as the model's sums do.
    expect(port.nets.map((net) => toggles[net])).toEqual(counted);
  }, 300_000);
});

test.runIf(findTool("iverilog"))(
  "Icarus: the testbench passes",
  () => {
    const [result] = simulateWithIcarus(verilogOf(array), [testbenchOf(array, run.vectors)]);
    expect(result).toMatchObject({ passed: true, lines: [`PASS ${array.name} ${run.vectors.length}`] });
  },
  300_000,
);

const verilator = findTool("verilator");
test.runIf(verilator)("Verilator has no warning", () => {
  expect(lintWithVerilator(verilogOf(array), array.top.name)).toEqual([]);
});

// It compiles C++ for a third of a minute: in CI, or where longer tests are asked for.
test.runIf(verilator && (process.env.CI || process.env.FEMTO_VECTORS))(
  "Verilator: equal; a wrong expectation fails with its cycle",
  () => {
    const bench = testbenchOf(array, run.vectors);
    const lines = bench.vectors.split("\n");
    // The lowest bit of an output.
    lines[40] = lines[40]!.slice(0, -1) + (Number.parseInt(lines[40]!.slice(-1), 16) ^ 1).toString(16);
    const both = [bench, { ...bench, vectors: lines.join("\n") }];
    const [right, wrong] = simulateWithVerilator(verilogOf(array), array, both);
    expect(right!.lines).toEqual([`PASS ${array.name} ${run.vectors.length}`]);
    expect(wrong!.passed).toBe(false);
    expect(wrong!.lines).toEqual([`DIFF ${array.name} cycle 40`, expect.stringMatching(/^FAIL .* 1 of/)]);
  },
  600_000,
);

test("a float network, and one whose layers are none, are refused", () => {
  expect(() => layerProducts(lenet5({}), data, { layers: 1, images: 1 })).toThrow(refused("array.form"));
  expect(() => layerProducts(model, data, { layers: 0, images: 1 })).toThrow(refused("array.layers"));
});
