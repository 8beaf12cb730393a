/** @file Whole runs on a small network: what is saved, that sets and masks hold, that a killed run ends with the same bits. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { numbers, rowsOf } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import { codesOf, isSetQuant, setGridOf } from "../../rewrites/index.ts";
import type { Outcome } from "../method.ts";
import { lws } from "./index.ts";
import { lwsOptions } from "./options.ts";
import { context, data, floatNet, int8Net, small } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-lws-"));
afterAll(() => rmSync(folder, { recursive: true }));

const codes = (model: Model): number[][] =>
  model.graph.nodes.filter(isSetQuant).map((node) => Array.from(codesOf(node.inputs[0]!.constant!, setGridOf(node))));

/** The network that all rows start from, trained a little. */
let trained: Promise<Outcome> | undefined;
const baseline = async (): Promise<Model> => {
  trained ??= lws.apply(context(), int8Net(), small({ strategy: "int8", epochs: 12 }));
  return (await trained).model;
};

const ungated = ({ selection }: Outcome) => selection!.rows.find(({ basis }) => basis.startsWith("ungated"))!;

describe("LWS", () => {
  it("restricts layers to their sets, saves energy, and says so beside the ceiling", async () => {
    const before = codes(await baseline());
    const outcome = await lws.apply(context(), await baseline(), small({ exactImages: 8, draws: 1024 }));
    const row = ungated(outcome);
    expect(row.method).toBe("lws");
    expect(row.saving).toBeGreaterThan(0.05);
    expect(row.saving).toBeLessThan(row.ceiling);
    const after = codes(outcome.model);
    const restricted = row.layers.filter(({ set }) => set !== null);
    expect(restricted.length).toBeGreaterThan(0);
    for (const [i, { set, histogram, pJ, heat, groups, outputs, inputs }] of row.layers.entries()) {
      if (set !== null) for (const code of after[i]!) expect(set).toContain(code);
      const count = (of: readonly number[], code: number) => of[code + 128];
      for (const code of [-3, 0, 5]) {
        expect(count(histogram.before, code)).toBe(before[i]!.filter((one) => one === code).length);
        expect(count(histogram.after, code)).toBe(after[i]!.filter((one) => one === code).length);
      }
      expect(histogram.after.reduce((sum, n) => sum + n, 0)).toBe(groups * outputs * inputs);
      // The picture adds up to the layer, to its four digits.
      expect(heat!.after.reduce((sum, energy) => sum + energy, 0) / pJ.after).toBeCloseTo(1, 2);
      expect(pJ.allZero).toBeLessThan(pJ.before);
    }
    const steps = outcome.history.filter(({ phase }) => phase === "schedule");
    expect(steps.length).toBeGreaterThan(1);
    const [final, exact] = outcome.history.slice(-2);
    expect(final).toMatchObject({ phase: "final" });
    // Tables against every element simulated.
    expect(Math.abs((exact!.exactSaving as number) - row.saving)).toBeLessThan(0.05);
    expect(outcome.bits!.map(({ weight, input }) => [weight, input])).toEqual([8, 8, 8].map((bits) => [bits, 7]));
    const total = (side: "before" | "after") => row.layers.reduce((sum, { pJ }) => sum + pJ[side], 0);
    expect(1 - total("after") / total("before")).toBeCloseTo(row.saving, 9);
    expect(outcome.selection!.rows.map(({ basis }) => basis.split(":")[0])).toEqual(["ungated", "gated"]);
  }, 60_000);

  it("int8, tuned from another network, is the baseline itself: nothing saved, and the ceiling of what starts from it", async () => {
    await baseline();
    const own = ungated(await trained!);
    const other = ungated(await lws.apply(context(), await baseline(), small({ maxDrop: 0 })));
    expect([own.method, own.saving, own.detail]).toEqual(["int8", 0, ""]);
    expect(own.ceiling).toBeCloseTo(other.ceiling, 9);
    for (const [i, { pJ, histogram }] of own.layers.entries()) {
      expect(pJ.before).toBeCloseTo(other.layers[i]!.pJ.before, 6);
      expect(histogram.before).toEqual(histogram.after);
    }
    expect(other.detail).toContain("δ = 0 points");
  }, 60_000);

  it("killed and resumed, ends with the same bits", async () => {
    const options = small();
    const whole = await lws.apply(context(), await baseline(), options);
    for (const stopAt of [2]) {
      const controller = new AbortController();
      const checkpoint = join(folder, `stop${stopAt}.onnx`);
      let records = 0;
      const onRecord = () => ++records === stopAt && controller.abort(new Error("stopped here"));
      const stopped = lws.apply(
        context({ checkpoint, onRecord, signal: controller.signal }),
        await baseline(),
        options,
      );
      await expect(stopped).rejects.toThrow("stopped here");
      const resumed = await lws.apply(context({ checkpoint }), await baseline(), options);
      expect(resumed.history).toEqual(whole.history);
      expect(codes(resumed.model)).toEqual(codes(whole.model));
      expect(resumed.selection).toEqual(whole.selection);
      // Of other settings, the files are refused.
      const other = lws.apply(context({ checkpoint }), await baseline(), small({ maxDrop: 4 }));
      await expect(other).rejects.toThrow(expect.objectContaining({ code: "checkpoint.other" }));
    }
  }, 120_000);

  it("PowerPruning gives every layer one set, pruning keeps what is zero at zero", async () => {
    const base = await baseline();
    const global = ungated(
      await lws.apply(context(), base, small({ strategy: "powerpruning", sizes: [32, 16], maxDrop: 100 })),
    );
    const sets = global.layers.map(({ set }) => set!);
    expect(sets[0]!.length).toBe(16);
    for (const set of sets) expect(set).toEqual(sets[0]);
    expect(global.detail).toContain("k = 16");
    const options = small({ strategy: "magnitude", sizes: [50, 25], maxDrop: 100, leastShare: 0 });
    const pruned = await lws.apply(context(), base, options);
    for (const layer of codes(pruned.model)) {
      const kept = layer.filter((code) => code !== 0).length;
      expect(kept).toBeLessThanOrEqual(Math.round(0.25 * layer.length) + 1);
      expect(kept).toBeGreaterThan(0);
    }
    expect(ungated(pruned).zeros.after).toBeGreaterThan(0.74);
    expect(ungated(pruned).saving).toBeGreaterThan(0);
  }, 60_000);

  it("leaves a layer of two bits its codes where next to none of PowerPruning's values fit", async () => {
    const options = small({ strategy: "powerpruning", sizes: [4], maxDrop: 100, epochs: 1, tuneEpochs: 1 });
    const { layers } = ungated(await lws.apply(context(), int8Net(false, 8, 2), options));
    expect(layers.map(({ set }) => set?.length)).toEqual([undefined, 4, 4]);
  }, 60_000);

  it("takes values up to a price, and prunes what it restricts", async () => {
    const base = await baseline();
    const own = { strategy: "powerpruning", maxDrop: 100, epochs: 1, tuneEpochs: 1 } as const;
    const more = small({ ...own, strategy: "lws", prune: [50], sizes: [12], leastShare: 0 });
    const pruned = ungated(await lws.apply(context(), base, more));
    for (const { set, histogram } of pruned.layers) {
      const count = histogram.after.reduce((sum, n) => sum + n, 0);
      expect(set).not.toBeNull();
      expect(histogram.after[128]! / count).toBeGreaterThanOrEqual(0.49);
    }
    const prices = pruned.layers[1]!.weightFj.toSorted((a, b) => a - b);
    const outcome = await lws.apply(context(), base, small({ ...own, threshold: prices[128]! / 1000 }));
    for (const { set } of ungated(outcome).layers) {
      expect(set!.length).toBeGreaterThan(5);
      expect(set!.length).toBeLessThan(250);
    }
    expect(outcome.history).toHaveLength(2);
  }, 60_000);

  it("takes ablations, all layers at once, gated units, the behavioural delay of gates and one table for all", async () => {
    const base = await baseline();
    const own = [
      { score: "loss-only", sizes: [16] },
      { schedule: false, sizes: [32], maxDrop: 100 },
      { zeroGating: true, sizes: [32], delay: "zero", recharacterise: false },
    ] as const;
    for (const options of own) {
      const outcome = await lws.apply(context(), base, small({ ...options, sizes: [...options.sizes], epochs: 1 }));
      expect(outcome.selection!.rows).toHaveLength(2);
      expect(outcome.selection!.bases[0]!.isZeroGated).toBe("zeroGating" in options);
    }
  }, 60_000);

  it("takes a measured table, alone in its column", async () => {
    // Costs grow with the magnitude: small values are cheap.
    const energies = Array.from({ length: 256 }, (_, i) => 0.1 + Math.abs(i - 128) / 100);
    const weightTable = { name: "lab.csv", energies, isZeroGated: false };
    const options = small({ weightTable, strategy: "powerpruning", sizes: [15], maxDrop: 100, epochs: 1 });
    const { selection } = await lws.apply(context(), await baseline(), options);
    expect(selection!.bases).toMatchObject([{ delay: "measured", netlist: "lab.csv" }]);
    const [row] = selection!.rows;
    expect(row!.layers[0]!.set).toEqual(Array.from({ length: 15 }, (_, i) => i - 7));
    expect(row!.layers[0]!.weightFj[128]).toBe(100);
    expect(row!.saving).toBeGreaterThan(0.5);
  }, 60_000);

  it("PowerPruning with timing keeps early values alone, and says what supply they allow beside the saving", async () => {
    const own = { strategy: "powerpruning", sizes: [12], maxDrop: 100, epochs: 1, tuneEpochs: 1, draws: 64 } as const;
    const timing = { share: 0.8, nominal: 0.9, threshold: 0.35, alpha: 1.3, least: 0.5 };
    const base = await baseline();
    const { selection } = await lws.apply(context(), base, small({ ...own, sizes: [12], timing }));
    for (const { timing: found, saving, basis } of selection!.rows) {
      const [sensitised, guaranteed] = found!.paths;
      expect([sensitised!.kind, guaranteed!.kind]).toEqual(["sensitised", "guaranteed"]);
      for (const { gates, volts, energy, saving: whole } of found!.paths) {
        expect(gates.after).toBeGreaterThan(0);
        expect(energy).toBeCloseTo((volts / 0.9) ** 2, 9);
        expect(whole).toBeCloseTo(1 - (1 - saving) * energy, 12);
        expect(whole).toBeGreaterThanOrEqual(saving);
      }
      expect(guaranteed!.gates.after).toBeGreaterThanOrEqual(sensitised!.gates.after);
      // Chosen on this unit, and by the traces of the network before.
      if (basis.startsWith("ungated")) expect(sensitised!.volts).toBeLessThan(0.9);
    }
    const plain = ungated(await lws.apply(context(), base, small({ ...own, sizes: [12] })));
    expect(plain.timing).toBeUndefined();
    const late = lws.apply(context(), base, small({ ...own, sizes: [12], timing: { ...timing, share: 0.1 } }));
    await expect(late).rejects.toThrow(expect.objectContaining({ code: "lws.timing" }));
    expect(lwsOptions.safeParse({ timing }).success).toBe(false);
    expect(lwsOptions.safeParse({ strategy: "powerpruning", timing: { least: 0.2 } }).success).toBe(false);
  }, 120_000);

  it("networks on the way that no other beats are points of the curve, on both units", async () => {
    const outcome = await lws.apply(context(), await baseline(), small({ epochs: 1 }));
    const steps = outcome.history.filter(({ phase }) => phase === "schedule");
    const names = steps.map(({ layer, size }) => `${layer}: k = ${size}`);
    const [own, other] = outcome.selection!.rows.map(({ curve }) => curve!);
    expect(own!.map(({ step }) => step)).toEqual(other!.map(({ step }) => step));
    expect(names.filter((name) => own!.some(({ step }) => step === name))).toEqual(own!.map(({ step }) => step));
    // The most accurate network on the way is always one of them.
    const best = Math.max(...steps.map(({ validationAccuracy }) => validationAccuracy as number));
    const bests = steps.flatMap(({ validationAccuracy }, i) => (validationAccuracy === best ? [names[i]] : []));
    expect(bests.some((name) => own!.some(({ step }) => step === name))).toBe(true);
    for (const { accuracy, saving } of [...own!, ...other!]) {
      expect(accuracy).toBeGreaterThanOrEqual(0);
      expect(accuracy).toBeLessThanOrEqual(1);
      expect(saving).toBeGreaterThan(0);
      expect(saving).toBeLessThan(1);
    }
    const none = await lws.apply(context(), await baseline(), small({ epochs: 1, curve: false }));
    expect(ungated(none).curve).toBeUndefined();
    expect(none.history).toEqual(outcome.history);
  }, 120_000);

  it("refuses what it cannot restrict", async () => {
    const attempt = (model: Model, own: object, more: object = {}) =>
      expect(lws.apply(context(more), model, small({ epochs: 1, ...own }))).rejects;
    await attempt(floatNet(), {}).toThrow(expect.objectContaining({ code: "lws.float" }));
    // Nothing is trained before it is said.
    const onProgress = () => expect.fail("trained");
    await attempt(int8Net(), { accumulatorBits: 12, strategy: "int8" }, { onProgress }).toThrow(
      expect.objectContaining({ code: "trace.overflow" }),
    );
    const single = { inputs: rowsOf(data.test.inputs, 0, 1), labels: rowsOf(data.test.labels, 0, 1) };
    const short = { data: { ...data, validation: single } };
    await attempt(int8Net(), { strategy: "int8" }, { ...short, onProgress }).toThrow(
      expect.objectContaining({ code: "trace.steps" }),
    );
    const refused = (options: object) => lwsOptions.safeParse(options).success;
    expect(refused({ sizes: [8, 16] })).toBe(false);
    expect(refused({ sizes: [2] })).toBe(false);
    expect(refused({ strategy: "magnitude", sizes: [120] })).toBe(false);
    expect(refused({ images: 1 })).toBe(false);
    expect(refused({ rows: 65_536 })).toBe(false);
    expect(refused({ rows: 65_536, accumulatorBits: 31 })).toBe(true);
    expect(numbers(single.labels)).toHaveLength(1);
  }, 60_000);
});
