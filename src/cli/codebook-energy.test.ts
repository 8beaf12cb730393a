/** @file `femto energy` on a file whose weights lie in it as indices and tables: fetched and stored as what they are. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { numbers, tensor } from "../base/tensor.ts";
import { codebookSize, readQuantised, toQdq, withCodebooks } from "../export/index.ts";
import { quantiseRandomly } from "../export/random-network.fixture.ts";
import { writeModelFile } from "../onnx/index.ts";
import { energyReportSchema } from "../reports/index.ts";
import { lenet5 } from "../zoo/index.ts";
import { runCaptured } from "./captured.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-codebook-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

test("indices and tables in the place of codes; all else as in the file of codes", async () => {
  const { model } = toQdq(quantiseRandomly(lenet5({ seed: 3 }), 1, { weightBits: 8, inputBits: 8 }).model);
  const held = model.graph.nodes
    .filter(({ kind }) => kind === "Conv" || kind === "Gemm")
    .map(({ inputs }) => inputs[1]!.producer!.inputs[0]!);
  // Nine values at most, but for the last layer, which keeps its codes.
  for (const value of held.slice(0, -1)) {
    const { dtype, dims } = value.constant!;
    value.constant = tensor(
      dtype,
      dims,
      Array.from(numbers(value.constant!), (code) => 28 * Math.round(code / 32)),
    );
  }
  writeModelFile(model, at("codes.onnx"));
  writeModelFile(withCodebooks(model).model, at("indices.onnx"));
  const priced = async (name: string) => {
    const { code, stdout } = await runCaptured(
      "energy",
      at(name),
      "--machine",
      "horowitz-45nm-sram8k",
      "--mapping",
      "eqat",
      "--json",
    );
    expect(code).toBe(0);
    return energyReportSchema.parse(JSON.parse(stdout)).subjects[0]!;
  };
  const [codes, indices] = [await priced("codes.onnx"), await priced("indices.onnx")];
  expect(indices.model.bits).toContain("indices of codebooks");
  expect(codes.model.bits).not.toContain("codebooks");
  const found = readQuantised(model).layers;
  let saved = 0;
  for (const [i, row] of indices.rows.entries()) {
    const plain = codes.rows[i]!;
    const { weights: after, ...others } = row.byCause;
    const { weights: before, ...same } = plain.byCause;
    expect(others).toEqual(same);
    const weights = found[i]!.weight!.codes;
    const values = new Set(weights).size;
    const { indexBits, tableBytes } = codebookSize(weights.length, values);
    const isCoded = i < indices.rows.length - 1;
    if (isCoded) expect(values).toBeLessThan(10);
    const bits = isCoded ? indexBits * weights.length + 8 * tableBytes : 8 * weights.length;
    expect(after! / before!).toBeCloseTo(bits / (8 * weights.length), 9);
    saved += weights.length - Math.ceil(((isCoded ? indexBits : 8) * weights.length) / 8) - (isCoded ? tableBytes : 0);
  }
  expect(codes.footprint.storedBytes - indices.footprint.storedBytes).toBe(saved);
  expect(indices.footprint.peakBytes).toBe(codes.footprint.peakBytes);
});
