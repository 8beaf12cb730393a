/** @file A run on text: rows without MLPs, with weightless blocks and dense, measured in nats, in whole numbers. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tensor } from "../base/tensor.ts";
import { type Dataset, dataset } from "../data/index.ts";
import { loadMachine } from "../machines/index.ts";
import { quweit } from "../methods/index.ts";
import { renderTerminal } from "../reports/index.ts";
import { charGpt } from "../zoo/index.ts";
import { gapSentences } from "./gap.ts";
import { type RunResult, run } from "./run.ts";
import type { RunSpec } from "./spec.ts";
import { asExamples } from "./text-examples.ts";
import { weightlessRows } from "./weightless-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-language-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Counts up and starts again: what comes next is certain but for the jumps. */
function text(split: string, count: number): Dataset {
  const tokens = Array.from({ length: count }, (_, i) => (i + Math.floor(i / 13)) % 5);
  const inputs = tensor("int32", [count], tokens);
  return dataset({ name: "counting", split, inputs, classes: 5, classNames: [..."abcde"], source: "made here" });
}

const model = charGpt({ vocabulary: 5, context: 8, width: 16, depth: 1, heads: 2 });

function languageSpec(): RunSpec {
  const options = quweit.options.parse({
    ...{ layers: [16, 24], inputs: 4, bits: 3, candidates: 8, batchSize: 8, epochs: 3, integer: true, rate: 5e-3 },
  });
  return {
    command: "a test",
    name: "charGpt",
    model,
    data: { train: asExamples(text("train", 801), model), test: asExamples(text("test", 161), model) },
    machine: loadMachine("lut-asic-45nm"),
    rows: weightlessRows(options, false, 1),
    method: { id: quweit.id, paper: quweit.paper, options: { ...options } },
    findings: gapSentences,
    folder,
    seed: 1,
    threads: 1,
    jobs: 1,
  };
}

describe("a run on text", () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await run(languageSpec());
  }, 60_000);

  it("measures the loss of the file in nats per character", () => {
    const { rows, data, history } = result.report;
    expect(rows.map(({ name }) => name)).toEqual(["no MLP", "weightless", "dense"]);
    expect(data).toMatchObject({ train: 100, test: 20, classes: 5 });
    for (const { name, accuracy, artefacts } of rows) {
      expect(accuracy).toMatchObject({ metric: "nats per character", examples: 160, split: "test", label: "measured" });
      // Chance is ln 5 = 1.61. The float file's loss stands in the history; whole numbers come near it.
      expect(accuracy.value).toBeLessThan(1.5);
      expect(Math.abs(accuracy.value - (history[name]!.at(-1)!.testLoss as number))).toBeLessThan(0.1);
      expect(Object.keys(artefacts)).toEqual(["model.onnx", "model.float.onnx"]);
    }
  });

  it("prices every row by its own work, and says what it comes to", () => {
    const [bare, own, dense] = result.report.rows;
    expect(bare!.energy.pJ).toBeLessThan(own!.energy.pJ);
    expect(bare!.energy.pJ).toBeLessThan(dense!.energy.pJ);
    const inBlocks = own!.layers.filter(({ operator }) => /Thermometer|LutLayer|ConditionalSum/.test(operator));
    expect(inBlocks.length).toBeGreaterThanOrEqual(3);
    expect(inBlocks.every(({ mac, pJ }) => mac === 0 && pJ > 0)).toBe(true);
    const printed = renderTerminal(result.report, { width: 160 });
    expect(printed).toContain("nats per character");
    expect(printed).toContain("0 multiplications in the blocks");
    expect(printed).toMatch(/\(attention\s+[1-9][\d.]*.%\)/);
    expect(readFileSync(result.htmlPath, "utf8")).toContain("less is better");
  });

  it("trains the variant alone that a user names", () => {
    const options = quweit.options.parse({ variant: "no-mlp", epochs: 3 });
    expect(weightlessRows(options, true, 1).map(({ name }) => name)).toEqual(["no MLP"]);
    const warm = quweit.options.parse({ warmStart: 2, epochs: 3 });
    const rows = weightlessRows(warm, false, 1).map(({ options }) => options as typeof warm);
    expect(rows.map(({ epochs, warmStart }) => [epochs, warmStart])).toEqual([
      [3, 0],
      [3, 2],
      [3, 0],
    ]);
  });

  it("refuses a network that does not read text", () => {
    const other = charGpt({ vocabulary: 5, context: 8, width: 16, depth: 1, heads: 2 });
    other.graph.inputs[0]!.type = { dtype: "int64", dims: ["N", 8, 1] };
    expect(() => asExamples(text("train", 100), other)).toThrow(expect.objectContaining({ code: "data.shape" }));
  });
});
