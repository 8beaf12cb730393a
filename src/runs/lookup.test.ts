/** @file A run whose row is a network of lookup tables: what it leaves, that engine and file agree, how it is priced. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyReference, fromJson } from "../engine/bits/index.ts";
import { dwn, float } from "../methods/index.ts";
import { renderTerminal } from "../reports/index.ts";
import { type RunResult, run } from "./run.ts";
import { smallSpec } from "./small.fixture.ts";
import type { RunSpec } from "./spec.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-lookup-"));
afterAll(() => rmSync(folder, { recursive: true }));

function lookupSpec(): RunSpec {
  const options = { layers: [30, 18], inputs: 4, bits: 5, candidates: 8, epochs: 6, batchSize: 16, tau: 1 };
  return {
    ...smallSpec(folder),
    rows: [
      { name: "float32", kind: "float", method: float, options: { epochs: 2, batchSize: 16, rate: 0.01 }, seed: 1 },
      { name: "DWN", kind: "dwn", method: dwn, options, seed: 1 },
    ],
    method: { id: dwn.id, paper: dwn.paper, options },
  };
}

describe("a run of lookup tables", () => {
  const spec = lookupSpec();
  let result: RunResult;
  beforeAll(async () => {
    result = await run(spec);
  }, 60_000);
  const row = () => result.report.rows[1]!;

  it("leaves a model and the network as data, equal on every example to the last count", () => {
    expect(Object.keys(row().artefacts)).toEqual(["model.onnx", "network.json"]);
    expect(row().equivalence).toEqual([
      {
        artefact: "network.json",
        examples: 61,
        argmaxDiffers: 0,
        codes: 183,
        codesDiffer: 0,
        accumulators: 0,
        accumulatorsDiffer: 0,
        verdict: "bit-exact",
      },
    ]);
  });

  it("states the accuracy that the data alone give, from raw bytes", () => {
    const network = fromJson(JSON.parse(readFileSync(join(folder, "DWN", "network.json"), "utf8")));
    const { inputs, labels } = spec.data.test;
    const classes = classifyReference(network, inputs.data as Uint8Array);
    const right = classes.filter((guess, i) => guess === Number(labels!.data[i])).length;
    expect(row().accuracy.value).toBe(right / classes.length);
    expect(row().accuracy.value).toBeGreaterThan(0.6);
  });

  it("prices what the machine has prices for, and says what it has none for", () => {
    const { energy } = row();
    expect(energy.isComplete).toBe(false);
    expect(energy.unmodelled.join("; ")).toContain("femto.LutLayer");
    expect(energy.relative).toBeGreaterThan(0);
    expect(renderTerminal(result.report, { width: 140 })).toContain("DWN");
  });
});
