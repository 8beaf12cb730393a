/** `femto twin`: what it prints is what the energy room computes; rates measured, read and assumed; mistakes. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { countWork } from "../../energy/index.ts";
import { loadMachine } from "../../machines/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { lenet5, mlp } from "../../zoo/index.ts";
import { runCaptured } from "../captured.fixture.ts";
import type { TwinDocument } from "./compare.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-twin-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

async function twin(...words: string[]): Promise<TwinDocument> {
  const { code, stdout, stderr } = await runCaptured("twin", ...words, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as TwinDocument;
}

/** The paper's machine with another name, twice as dear to send bits over. */
const dearer = loadMachine("snn-paper-22nm")
  .text.replace("name: snn-paper-22nm", "name: dearer")
  .replace("value: 0.25", "value: 0.5");
writeFileSync(at("dearer.yaml"), dearer);

describe("one layer", () => {
  test("is the paper's numeric point, as text", async () => {
    const { code, stdout } = await runCaptured(
      "twin",
      "--layer",
      "4096,4096",
      "--sr",
      "0.05",
      "--t",
      "5",
      "--bits",
      "w4",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /layer +16,777,216 +4096 +1 +0\.05 +0\.17 +13\.5 µJ +15\.5 µJ +0\.8716 +0\.05737 +events\/bits/,
    );
    expect(stdout).toContain("spiking / quantised = 0.8716");
    expect(stdout).toMatch(/what papers print: .+ = 0\.04891, where the whole bill on snn-paper-22nm says 0\.8716/);
    expect(stdout).toContain("arithmetic only");
    expect(stdout).toContain("not modelled  leakage and clock");
    expect(stdout).toContain("η = E_S/E_D = 12");
    expect(stdout).toContain("assumed: sr = 0.05");
  });

  test("as JSON, on two machines, with constants and their sources", async () => {
    const found = await twin("--layer", "4096,4096", "--sr", "0.05", "--machine", at("dearer.yaml"));
    expect(found).toMatchObject({ schema: "femto.twin/1", steps: 5, activationBits: 3, weightBits: [4] });
    expect(found.machines.map(({ machine, eta }) => [machine, eta])).toEqual([
      ["snn-paper-22nm", 12],
      ["dearer", 6],
    ]);
    const [paper, other] = found.machines;
    expect(paper!.comparison.ratio).toBeCloseTo(0.8716, 4);
    // dearer bits hurt the side that sends bits
    expect(other!.comparison.qnn).toBeGreaterThan(paper!.comparison.qnn);
    expect(other!.comparison.snn).toBeCloseTo(paper!.comparison.snn, 6);
    for (const { source, unit } of Object.values(paper!.prices.prices)) {
      expect(source).toContain("snn-paper-22nm");
      expect(unit).toMatch(/^pJ/);
    }
    for (const { terms, comparison } of found.machines) {
      const sum = (side: Readonly<Record<string, number>>) =>
        Object.values(side).reduce((total, term) => total + term, 0);
      expect(sum(terms.snn)).toBeCloseTo(comparison.snn, 3);
      expect(sum(terms.qnn)).toBeCloseTo(comparison.qnn, 3);
    }
  });

  test("positions share weights; presets, codes and reuse reach the equations", async () => {
    const ratio = async (...words: string[]) =>
      (await twin("--layer", "4096,4096", "--sr", "0.05", ...words)).machines[0]!.comparison.layers[0]!;
    expect((await twin("--layer", "100,10,49")).machines[0]!.comparison.layers[0]!.parameters).toMatchObject({
      fanIn: 100,
      weightReuse: 49,
    });
    const free = await ratio("--movement", "theoretical-minimum");
    expect(free.snn.terms.movement).toBe(0);
    expect(free.breakEven!.spikeRate).toBeCloseTo(0.04, 3);
    expect((await ratio("--movement", "worst-case")).breakEven!.spikeRate).toBeCloseTo(0.0094, 4);
    expect((await ratio("--code", "ttfs")).snn.terms.compute).toBeCloseTo(0.17 * 0.05448, 9);
    expect((await ratio("--reuse", "5")).snn.terms.weights).toBeCloseTo((0.25 * 4 * 0.0388) / 5, 9);
    expect((await ratio("--multicast", "2")).snn.terms.movement).toBeCloseTo(0.375, 9);
    // half of the three bits of an active code: (3 + 1)/2 of them
    expect((await ratio("--bit-serial")).qnn.terms.compute).toBeCloseTo(0.17 * 2 * 0.05448, 9);
  });

  test("a sweep is a table, with the values asked for or the usual ones", async () => {
    const words = ["--layer", "4096,4096", "--sr", "0.05"];
    const [made] = (await twin(...words, "--sweep", "eta=1,12,64")).machines;
    expect(made!.sweep!.points.map(({ value }) => value)).toEqual([1, 12, 64]);
    expect(made!.sweep!.points[1]!.ratio).toBeCloseTo(made!.comparison.ratio, 12);
    const { stdout } = await runCaptured("twin", ...words, "--sweep", "steps");
    expect(stdout).toMatch(/steps +spiking +quantised +ratio +hybrid +spiking layers\n +1 /);
  });
});

describe("a model", () => {
  test("its layers by their shapes; the first takes numbers, which --input changes", async () => {
    const { machines, notModelled } = await twin("lenet5", "--t", "7");
    expect(notModelled.at(-1)).toBe("nodes without weights: MaxPool 2");
    const { layers } = machines[0]!.comparison;
    expect(layers.map(({ layer, macs }) => [layer, macs])).toEqual(
      countWork(lenet5({}), { N: 1 }).layers.map(({ name, macs }) => [name, macs]),
    );
    expect(layers.map(({ isAnalogue }) => isAnalogue)).toEqual([true, false, false, false, false]);
    expect(layers[0]!.breakEven).toBeUndefined();
    const spikes = await twin("lenet5", "--t", "7", "--input", "spikes");
    expect(spikes.machines[0]!.comparison.layers[0]!.isAnalogue).toBe(false);
  });

  test("rates from an activity file say so, and replace the assumption layer by layer", async () => {
    const layer = countWork(mlp({}), { N: 1 }).layers[1]!;
    const activity = {
      source: { kind: "measured", text: "a bench" },
      samples: 3,
      values: { [layer.input!.value]: { zeros: 0.9 } },
    };
    writeFileSync(at("activity.json"), JSON.stringify(activity));
    const found = await twin("mlp", "--activity", at("activity.json"));
    expect(found.activity).toEqual({ kind: "measured", text: "a bench" });
    expect(found.machines[0]!.comparison.layers[1]!.parameters.active).toBeCloseTo(0.1, 12);
  });

  test("rates measured on data: a file of one's own, on examples of one's own", async () => {
    expect(existsSync(new URL("../../../dist/engine/ort-worker.js", import.meta.url))).toBe(true);
    writeFileSync(at("net.onnx"), writeModel(mlp({ inputs: 3, hidden: [8, 6], classes: 2, seed: 4 })));
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 5},${i % 2},${i % 2}`);
    writeFileSync(at("rows.csv"), ["a,b,c,label", ...rows].join("\n"));
    const found = await twin(
      "./net.onnx".replace(".", folder),
      "--data",
      at("rows.csv"),
      "--examples",
      "6",
      "--t",
      "3",
    );
    expect(found.activity.kind).toBe("measured");
    expect(found.activity.text).toMatch(/net\.onnx on the first \d examples of rows.+, on 4 levels/);
    const [, second, third] = found.machines[0]!.comparison.layers;
    for (const { parameters } of [second!, third!]) {
      const { spikeRate, active } = parameters;
      // theorem 2 holds for codes, whatever the network
      expect(spikeRate).toBeGreaterThanOrEqual(active / 3 - 1e-9);
      expect(spikeRate).toBeLessThanOrEqual(active + 1e-9);
      expect(active).toBeGreaterThan(0);
    }
    expect(found.warnings).toEqual([expect.stringContaining("examples say little")]);
  });

  test("a network of the zoo has random weights, which is said", async () => {
    writeFileSync(at("few.csv"), "a,b,label\n1,2,0\n2,1,1\n3,0,0\n0,3,1\n1,1,0\n2,2,1\n");
    const { warnings } = await twin("mlp", "--data", at("few.csv"));
    expect(warnings[0]).toContain("random weights");
  });
});

describe("mistakes are one message and exit code 2", () => {
  writeFileSync(at("no-mesh.yaml"), dearer.slice(0, dearer.indexOf("  - name: dense-network")));
  test.each<[string, string[], RegExp]>([
    ["nothing to compare", [], /there is nothing to compare/],
    ["two things", ["mlp", "--layer", "2,3"], /a model and a layer are two things/],
    ["a batch of data", ["lenet5", "--data", "mnist10k", "--batch", "2"], /--batch: rates are measured on one example/],
    ["sizes of a layer", ["--layer", "2,3", "--dim", "N=2"], /--dim: a layer is given by its numbers/],
    ["a layer", ["--layer", "784"], /--layer: is no layer/],
    ["bits", ["mlp", "--bits", "w4a8"], /--bits: is no width of weights/],
    ["a rate", ["mlp", "--sr", "1.5"], /--sr: has a wrong value/],
    ["a case", ["mlp", "--sr", "averag"], /did you mean/],
    ["no step", ["mlp", "--t", "0"], /--t: has a wrong value/],
    ["an axis", ["mlp", "--sweep", "voltage"], /nothing is called voltage/],
    ["an axis without usual values", ["mlp", "--sweep", "compare"], /--sweep compare=1,2,4/],
    ["a machine without network", ["mlp", "--machine", "horowitz-45nm-sram8k"], /per bit/],
    ["a machine without network", ["mlp", "--machine", at("no-mesh.yaml")], /the machine has no network/],
    ["a constant", ["mlp", "--price", "voltage=1"], /is no constant of the comparison/],
    ["data for a layer", ["--layer", "2,3", "--data", "mnist10k"], /cannot be run/],
    ["reuse beyond T", ["mlp", "--reuse", "9"], /rT/],
  ])("%s", async (_, words, message) => {
    const { code, stderr, stdout } = await runCaptured("twin", ...words);
    expect(stderr + stdout).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).not.toMatch(/\n +at /);
  });

  test("what a machine lacks may be stated, and the source says by whom", async () => {
    const file = at("no-mesh.yaml");
    const { machines } = await twin("mlp", "--machine", file, "--price", "denseBit=0.25,sparseEvent=3");
    expect(machines[1]!.comparison.ratio).toBeCloseTo(machines[0]!.comparison.ratio, 12);
    expect(machines[1]!.prices.prices.sparseEvent.source).toBe("stated on the command line");
    expect(readFileSync(file, "utf8")).not.toContain("transfer");
  });
});
