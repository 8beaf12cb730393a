import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { numbers } from "../../base/tensor.ts";
import { countWork } from "../../energy/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { readModel, writeModel } from "../../onnx/index.ts";
import { ONES_KEY } from "../../operators/index.ts";
import { attachFunctions, transformerMlps, weightlessBlocks } from "../../rewrites/index.ts";
import { evaluate } from "../../training/index.ts";
import { mlp } from "../../zoo/index.ts";
import { data, network, runSmall } from "./small.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "femto-quweit-"));
const engine = new OrtEngine();
afterAll(async () => {
  rmSync(root, { recursive: true });
  await engine.close();
});

/** As a user reads it: from the file, with the bodies that stand in it. */
function reread(model: Model): Model {
  const copy = cloneModel(model);
  attachFunctions.run(copy);
  return readModel(writeModel(copy));
}

const macsOf = (model: Model) => countWork(model, { N: 1 }).nodes.reduce((sum, { macs }) => sum + macs, 0);

describe("quweit", () => {
  it("trains blocks with the network, and the file is what was measured", async () => {
    const { model, history, kind } = await runSmall();
    expect(kind).toBe("reworked");
    expect(history.map(({ phase }) => phase)).toEqual(new Array(4).fill("weightless"));
    // Chance is ln 7 = 1.95 nats.
    expect(history.at(-1)!.testLoss!).toBeLessThan(1.6);
    expect(history.at(-1)!.testLoss!).toBeLessThan(history[0]!.testLoss!);
    const again = await evaluate(engine, reread(model), data.test);
    expect(again.loss).toBe(history.at(-1)!.testLoss);
    expect(again.examples).toBe(40 * 8);
    // Hardened: nothing but wires, bits, thresholds and int8 vectors is left of a block.
    const blocks = weightlessBlocks(model);
    expect(blocks.length).toBe(2);
    for (const { thermometer, layers, sum } of blocks) {
      expect(layers.map((node) => node.kind)).toEqual(["femto.LutLayer", "femto.LutLayer"]);
      expect(layers.every((node) => node.inputs[1]!.constant!.dtype === "uint64")).toBe(true);
      expect(sum.inputs[1]!.producer!.inputs[0]!.constant!.dtype).toBe("int8");
      const thresholds = thermometer.inputs[1]!.constant!;
      const values = numbers(thresholds);
      for (let i = 0; i < values.length; i++) if (i % 3 > 0) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!);
    }
  }, 60_000);

  it("has its ends of the scale: without MLPs, and dense; equal data, no multiplication in the blocks", async () => {
    const dense = await runSmall({ variant: "dense", epochs: 1 });
    const bare = await runSmall({ variant: "no-mlp", epochs: 1 });
    const own = await runSmall({ epochs: 1 });
    expect(transformerMlps(dense.model).length).toBe(2);
    expect(macsOf(own.model)).toBe(macsOf(bare.model));
    // Two blocks, 8 tokens, 16 → 64 → 16.
    expect(macsOf(dense.model) - macsOf(bare.model)).toBe(2 * 8 * 2 * 16 * 64);
    expect(own.bits!.every(({ weight, input }) => weight === 8 && input === 8)).toBe(true);
  }, 60_000);

  it("starts blocks from what a trained network's MLPs do, layer by layer", async () => {
    const teacher = (await runSmall({ variant: "dense", epochs: 6 })).model;
    const { history } = await runSmall({ warmStart: 3, epochs: 5, distillation: 0.5 }, {}, teacher);
    expect(history.map(({ phase }) => phase)).toEqual([...new Array(3).fill("warm start"), "weightless", "weightless"]);
    // The loss of the first phase is the share of the MLP's output that is missed.
    expect(history[2]!.loss).toBeLessThan(0.8);
    expect(history[2]!.loss).toBeLessThan(history[0]!.loss);
    const cold = await runSmall({ epochs: 2 }, {}, teacher);
    expect(history[3]!.testLoss!).toBeLessThan(cold.history[0]!.testLoss!);
  }, 90_000);

  it("gives the same bits again, and after a stop", async () => {
    const path = join(root, "checkpoint.onnx");
    const options = { epochs: 3, warmStart: 1 };
    const whole = await runSmall(options);
    const stop = new AbortController();
    const onRecord = () => stop.abort();
    const first = await runSmall(options, { checkpoint: path, signal: stop.signal, onRecord });
    expect(first.isFinished).toBe(false);
    const second = await runSmall(options, { checkpoint: path });
    expect(second.isFinished).toBe(true);
    expect(writeModel(reread(second.model))).toEqual(writeModel(reread(whole.model)));
    expect(second.history).toEqual(whole.history);
  }, 90_000);

  it("exports whole numbers: nearly the loss of the float network, and shares of ones that were measured", async () => {
    const own = await runSmall({ integer: true, entries: "uniform", selects: "all" });
    const file = await evaluate(engine, reread(own.exported!), data.test);
    const real = await evaluate(engine, reread(own.model), data.test);
    expect(Math.abs(file.loss - real.loss)).toBeLessThan(0.05);
    expect(file.loss).not.toBe(real.loss);
    for (const { sum } of weightlessBlocks(own.exported!)) {
      const share = Number(sum.metadata.get(ONES_KEY));
      expect(share).toBeGreaterThan(0.05);
      expect(share).toBeLessThan(0.95);
    }
    const flagged = await runSmall({ integer: true, entries: "uniform", selects: "all", root: "ten-step" });
    expect(writeModel(reread(flagged.model))).toEqual(writeModel(reread(own.model)));
  }, 90_000);

  it("says so where there is nothing to replace", async () => {
    const inputs = { dtype: "float32", dims: [8, 3], data: new Float32Array(24) } as const;
    const labels = { dtype: "int32", dims: [8], data: Int32Array.from({ length: 8 }, (_, i) => i % 2) } as const;
    const rows = { train: { inputs, labels }, test: { inputs, labels } };
    const model = mlp({ inputs: 3, hidden: [4], classes: 2 });
    await expect(runSmall({}, { data: rows }, model)).rejects.toMatchObject({ code: "rewrite.mlp" });
    await expect(runSmall({ variant: "no-mlp" }, { data: rows }, model)).rejects.toMatchObject({ code: "rewrite.mlp" });
  });

  it.each([
    ["more inputs than a table has", { inputs: 11 }],
    ["no thresholds", { bits: 0 }],
    ["a warm start without blocks", { variant: "dense", warmStart: 1 }],
    ["a warm start that leaves nothing", { warmStart: 4, epochs: 4 }],
  ])("refuses options that cannot be: %s", async (_, own) => {
    await expect(runSmall(own)).rejects.toThrow();
    expect(network().graph.inputs.length).toBe(1);
  });
});
