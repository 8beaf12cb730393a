/** @file Methods one after the other: bits learned by EQAT, then cheap weights by LWS, from the network and from its file. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { numbers } from "../base/tensor.ts";
import { bill, countWork } from "../energy/index.ts";
import { codebookWidth, readQuantised } from "../export/index.ts";
import type { Model } from "../graph/model.ts";
import { lws } from "../methods/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { renderTerminal } from "../reports/index.ts";
import { isSetQuant, prepareForTraining } from "../rewrites/index.ts";
import { restrictedRows } from "./restricted.ts";
import { type RunResult, run } from "./run.ts";
import { smallSpec } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-restricted-"));
afterAll(() => rmSync(folder, { recursive: true }));

const common = {
  ...{ rows: 8, columns: 8, draws: 128, images: 8, calibration: 16, epochs: 1, tuneEpochs: 1, batchSize: 16 },
  ...{ sizes: [6], maxDrop: 100, leastShare: 0, validation: 0.2 },
};

const codesIn = (model: Model) => readQuantised(model).layers.map(({ weight }) => Array.from(weight!.codes));

it("an array that the network does not fit is refused before any row is trained", async () => {
  const folder = mkdtempSync(join(tmpdir(), "femto-refused-"));
  const narrow = { ...common, accumulatorBits: 12 };
  const training = { epochs: 1, batchSize: 16 };
  const rows = restrictedRows({ seed: 1, float: training, quantised: training, common: narrow, rows: { LWS: {} } });
  const onStage = () => expect.fail("a row was begun");
  const method = { id: lws.id, paper: lws.paper, options: narrow };
  const refused = run({ ...smallSpec(folder), rows, method }, { onStage });
  await expect(refused).rejects.toThrow(expect.objectContaining({ code: "trace.overflow" }));
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

describe("EQAT, then LWS", () => {
  let result: RunResult;

  beforeAll(async () => {
    const rows = restrictedRows({
      seed: 1,
      float: { epochs: 3, batchSize: 16, rate: 0.01 },
      quantised: {
        epochs: 3,
        batchSize: 16,
        rate: 0.01,
        warmup: 0,
        budget: 0.6,
        qInit: 6,
        freezeAt: 0.5,
        rateBits: 0.2,
      },
      common,
      rows: { LWS: { storage: "codebook" }, magnitude: { strategy: "magnitude", sizes: [50] } },
    });
    result = await run({
      ...smallSpec(folder),
      rows,
      method: { id: lws.id, paper: lws.paper, options: common },
      checked: 40,
    });
  }, 120_000);

  it("each row starts from the one before; files are bit-exact with the reference", () => {
    const { rows } = result.report;
    expect(rows.map(({ name, kind }) => [name, kind])).toEqual([
      ["float32", "float"],
      ["EQAT", "eqat"],
      ["int8", "lws"],
      ["LWS", "lws"],
      ["magnitude", "lws"],
    ]);
    for (const { kind, equivalence } of rows) {
      if (kind !== "float") expect(equivalence[0]).toMatchObject({ verdict: "bit-exact", examples: 40 });
    }
    const learned = rows[1]!.layers.map(({ bits }) => bits.weight);
    expect(Math.min(...learned)).toBeLessThan(8);
    for (const row of rows.slice(2)) expect(row.layers.map(({ bits }) => bits.weight)).toEqual(learned);
  });

  it("the report says what is saved, with its baseline, and the files have the sets", () => {
    const { bases, rows, beside } = result.report.weightSelection!;
    expect(bases.map(({ isZeroGated }) => isZeroGated)).toEqual([false, true]);
    expect(rows.map(({ name }) => name)).toEqual(["int8", "int8", "LWS", "LWS", "magnitude", "magnitude"]);
    expect(beside.map(({ name }) => name)).toContain("weights");
    const [int8, , restricted] = rows;
    expect(int8).toMatchObject({ method: "int8", saving: 0 });
    const accuracies = new Map(result.report.rows.map(({ name, accuracy }) => [name, accuracy.value]));
    expect(restricted!.accuracy).toMatchObject({ value: accuracies.get("LWS"), baseline: accuracies.get("int8") });
    expect(restricted!.saving).toBeGreaterThan(0);
    const model = readModelFile(join(folder, "LWS", "model.onnx"));
    for (const [i, codes] of codesIn(model).entries()) {
      const { set } = restricted!.layers[i]!;
      if (set !== null) expect(codes.filter((code) => !set.includes(code))).toEqual([]);
    }
    expect(renderTerminal(result.report)).toContain("LWS");
  });

  it("weights in store stand beside the saving: codebooks of as many bits as the values need, and what fetching them costs", () => {
    const { storage, rows } = result.report.weightSelection!;
    expect(storage!.map(({ row, file }) => [row, file])).toEqual([
      ["int8", "bytes"],
      ["LWS", "codebook"],
      ["magnitude", "bytes"],
    ]);
    const { layers } = storage![1]!;
    const coded = layers.filter(({ indexBits }) => indexBits !== null);
    expect(coded.length).toBeGreaterThan(0);
    const read = readQuantised(readModelFile(join(folder, "LWS", "model.onnx"))).layers;
    const byCause = result.report.rows
      .find(({ name }) => name === "LWS")!
      .layers.map(({ byCause: own }) => own.weights!);
    // The bill of the file by itself, as femto energy reads it.
    const file = readModelFile(join(folder, "LWS", "model.onnx"));
    const counts = countWork(file, { N: 1 });
    const stored = new Map(
      read.flatMap(({ node, weight }) => {
        const own = codebookWidth(weight!);
        return own === undefined
          ? []
          : [[counts.layers.find((layer) => layer.node === node.describe())!.name, own] as const];
      }),
    );
    const widths = read.map(({ weight, input }, i) => ({
      layer: counts.layers[i]!.name,
      weight: weight!.bits,
      input: input!.bits,
    }));
    const own = bill(counts, smallSpec(folder).machine, widths, { stored }).rows;
    expect(own.map(({ byCause: one }) => one.weights.mid)).toEqual(byCause.map((pJ) => expect.closeTo(pJ, 9)));
    for (const [i, { values, weights, indexBits, codeBits, bytes, fetchPj }] of layers.entries()) {
      const codes = read[i]!.weight!.codes;
      expect([values, weights]).toEqual([new Set(codes).size, codes.length]);
      expect(read[i]!.weight!.indexBits).toBe(indexBits ?? undefined);
      // What the bill of the row says of its weights, whose files have codebooks.
      expect(fetchPj.after).toBeCloseTo(byCause[i]!, 9);
      if (indexBits === null) continue;
      expect(indexBits).toBe(Math.ceil(Math.log2(values)));
      expect(bytes).toEqual({
        before: Math.ceil((codes.length * codeBits) / 8),
        after: indexBits * Math.ceil(codes.length / 8) + values,
      });
      const [bits, tableBits] = [indexBits * weights, 8 * values];
      expect(fetchPj.after / fetchPj.before).toBeCloseTo((bits + tableBits) / (codeBits * weights), 9);
    }
    // Memory is not in the saving of switching.
    const lwsRow = rows.find(({ name }) => name === "LWS")!;
    const total = (side: "before" | "after") => lwsRow.layers.reduce((sum, { pJ }) => sum + pJ[side], 0);
    expect(lwsRow.saving).toBeCloseTo(1 - total("after") / total("before"), 9);
    expect(renderTerminal(result.report, { width: 120 })).toContain("Weights in store");
    expect(readFileSync(result.htmlPath, "utf8")).toContain("Weights in store");
  });

  it.each(["int8", "LWS"])(
    "a run may start from the file of %s: the same codes before anything is trained",
    async (row) => {
      const path = join(folder, row, "model.onnx");
      const model = prepareForTraining(readModelFile(path));
      const { data, machine } = smallSpec(folder);
      const parts = {
        train: { ...data.train, labels: data.train.labels! },
        test: { ...data.test, labels: data.test.labels! },
      };
      const context = { data: parts, machine, seed: 1, threads: 1, identity: "file" };
      // A rate of next to nothing moves no code.
      const options = lws.options.parse({ ...common, strategy: "int8", rate: 1e-12 });
      const outcome = await lws.apply(context, model, options);
      expect(codesIn(outcome.model)).toEqual(codesIn(readModelFile(path)));
      expect(outcome.model.graph.nodes.filter(isSetQuant)).toHaveLength(2);
      const scales = (of: Model) =>
        of.graph.nodes.filter(isSetQuant).map(({ inputs }) => Array.from(numbers(inputs[1]!.constant!)));
      expect(
        scales(outcome.model)
          .flat()
          .every((scale) => scale > 0),
      ).toBe(true);
      expect(outcome.warnings.join()).toContain("the last 19 training examples");
    },
    60_000,
  );
});
