/** @file The array multiplies matrices: its model, its modules as they stand, and its text in Icarus. */

import { describe, expect, test } from "vitest";
import { Rng } from "../base/rng.ts";
import { arrayProduct, type Matrix, runVectors } from "./array-product.ts";
import { generate, verilogOf } from "./circuit.ts";
import { mac, systolicArray } from "./generators/index.ts";
import { simulateWithIcarus } from "./native/icarus.ts";
import { findTool } from "./native/tools.ts";
import { testbenchOf } from "./testbench.ts";
import { Interpreter } from "./verilog/index.ts";

const random = (rng: Rng, rows: number, columns: number, bits: number): Matrix =>
  Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => (rng.below(4) === 0 ? 0 : rng.below(2 ** bits) - 2 ** (bits - 1))),
  );

const product = (weights: Matrix, activations: Matrix): number[][] =>
  activations.map((a) => weights[0]!.map((_, m) => a.reduce((sum, value, k) => sum + value * weights[k]![m]!, 0)));

const rng = new Rng(5, "array product");
const array = generate(systolicArray, { rows: 4, columns: 3, weightBits: 6, activationBits: 5, accumulatorBits: 14 });
const gated = generate(systolicArray, {
  rows: 4,
  columns: 3,
  weightBits: 6,
  activationBits: 5,
  accumulatorBits: 14,
  zeroGating: true,
});
// Neither K nor M is a multiple of the array.
const [weights, activations] = [random(rng, 9, 5, 6), random(rng, 7, 9, 5)];

test.each([
  ["plain", array],
  ["gated", gated],
])("%s: model and modules give the product", (_, circuit) => {
  const run = arrayProduct(circuit, weights, activations);
  expect(run.tiles).toBe(6);
  expect(run.vectors.length).toBe(6 * run.cyclesPerTile + 2);
  const expected = product(weights, activations);
  expect(run.gather(runVectors(circuit.model(), run.vectors))).toEqual(expected);
  expect(run.gather(runVectors(new Interpreter(circuit.top), run.vectors))).toEqual(expected);
});

test("cycles: K = 576, M = 64, T = 1024 on 64 × 64 are 9 tiles of 2R + C + T − 2, 10 926 in all", () => {
  const large = generate(systolicArray, { rows: 64, columns: 64, multiplier: "behavioural" });
  const [w, a] = [random(rng, 576, 64, 4), random(rng, 1024, 576, 4)];
  const { tiles, cyclesPerTile, vectors } = arrayProduct(large, w, a);
  expect(tiles).toBe(9);
  expect(tiles * cyclesPerTile).toBe(10_926);
  // The reset before, and the cycle in which the last sum is read.
  expect(vectors.length).toBe(10_926 + 2);
});

const icarus = findTool("iverilog");
test.runIf(icarus)("Icarus: the testbench passes, and a changed weight fails with the cycle named", () => {
  const run = arrayProduct(gated, weights, activations);
  const good = testbenchOf(gated, run.vectors);
  expect(simulateWithIcarus(verilogOf(gated), [good])[0]).toMatchObject({ passed: true });
  const other = weights.map((row, k) => row.map((value, m) => (k === 6 && m === 3 ? value ^ 1 : value)));
  const wrong = arrayProduct(gated, other, activations);
  // Inputs of one weight matrix, expectations of another.
  const model = gated.model();
  const outputs = runVectors(model, run.vectors);
  let cycle = 0;
  const bench = testbenchOf(gated, wrong.vectors, { step: () => outputs[cycle++]! });
  const [result] = simulateWithIcarus(verilogOf(gated), [bench]);
  expect(result!.passed).toBe(false);
  expect(result!.lines[0]).toMatch(/^DIFF \S+ cycle \d+ got [0-9a-f]+ expected [0-9a-f]+$/);
});
if (icarus === undefined) console.warn("iverilog is not installed: the array's testbench was not run");

describe("what an array cannot multiply", () => {
  const code = (code: string) => expect.objectContaining({ code });
  test("shapes, ranges, overflow, other circuits", () => {
    expect(() => arrayProduct(array, weights, random(rng, 2, 8, 5))).toThrow(code("circuits.shape"));
    expect(() => arrayProduct(array, [[0.5]], [[1]])).toThrow(code("circuits.range"));
    expect(() => arrayProduct(array, [[32]], [[1]])).toThrow(code("circuits.range"));
    const narrow = generate(systolicArray, {
      rows: 4,
      columns: 1,
      weightBits: 4,
      activationBits: 4,
      accumulatorBits: 8,
    });
    const [w, a] = [[[7], [7], [7], [7]], [[7, 7, 7, 7]]];
    expect(() => arrayProduct(narrow, w, a)).toThrow(code("circuits.overflow"));
    expect(() => arrayProduct(generate(mac, {}), w, a)).toThrow(code("circuits.shape"));
  });
});
