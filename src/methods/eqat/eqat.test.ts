/** @file Whole runs of EQAT on small data: every option does what it says. */

import { describe, expect, it } from "vitest";
import { numbers } from "../../base/tensor.ts";
import { energyCoefficients, layerCosts, relativeEnergyAt } from "../../energy/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { applyPasses } from "../../graph/pass.ts";
import { foldQuantisedBatchNorm, freezeWeights, oneExample } from "../../rewrites/index.ts";
import { evaluate } from "../../training/index.ts";
import type { LayerBits } from "../method.ts";
import { context, data, type EqatOutcome, runSmall, smallNet } from "./small.fixture.ts";

const model = smallNet();
const coefficients = energyCoefficients(layerCosts(model, oneExample(model)), context().machine);
const energyOf = (bits: readonly LayerBits[]) =>
  relativeEnergyAt(
    coefficients,
    bits.map(({ weight }) => weight),
    bits.map(({ input }) => input),
  );
const accuracyOf = ({ history }: EqatOutcome) => history.at(-1)!.testAccuracy!;
const constantOf = ({ graph }: Model, name: string) =>
  numbers(graph.initializers.find((value) => value.name === name)!.constant!);

async function accuracy(quantised: Model): Promise<number> {
  const engine = new OrtEngine();
  try {
    return (await evaluate(engine, quantised, data.test)).accuracy;
  } finally {
    await engine.close();
  }
}

/** What holds for the outcome of every finished run. */
async function checkOutcome(outcome: EqatOutcome): Promise<void> {
  const { history, bits, isFinished } = outcome;
  expect(isFinished).toBe(true);
  expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, i) => i + 1));
  for (const { weight, input } of bits!) {
    expect(Number.isInteger(weight) && Number.isInteger(input)).toBe(true);
  }
  // The bits in the model are the bits reported, and the model is the one that was measured last.
  for (const { layer, weight, input } of bits!) {
    expect([...constantOf(outcome.model, `${layer}.weight_bits`)]).toEqual([weight]);
    expect([...constantOf(outcome.model, `${layer}.input_bits`)]).toEqual([input]);
  }
  expect(await accuracy(outcome.model)).toBe(accuracyOf(outcome));
}

describe("defaults", () => {
  it("learns: bits fall in the learning phase, stand still afterwards, and the network stays good", async () => {
    const outcome = await runSmall({ beta: 0.3 });
    await checkOutcome(outcome);
    const { history } = outcome;
    expect(history.map(({ phase }) => phase)).toEqual(["learn", "learn", "learn", "tune", "tune", "tune"]);
    expect(history[2]!.energy).toBeLessThan(history[0]!.energy);
    expect(history.filter(({ fixed }) => fixed).map(({ epoch }) => epoch)).toEqual([3]);
    const chosen = outcome.bits!.map(({ layer, weight, input }) => ({ layer, weight, input }));
    for (const { bits } of history.slice(3)) expect(bits).toEqual(chosen);
    expect(history.at(-1)!.energy).toBeCloseTo(energyOf(outcome.bits!), 5);
    expect(outcome.bits![0]!.input).toBe(8);
    expect(accuracyOf(outcome)).toBeGreaterThan(0.9);
  });

  it("leaves the model it was given untouched", async () => {
    const given = smallNet();
    const before = given.graph.initializers.map(({ name, constant }) => [name, [...numbers(constant!)]]);
    await runSmall({ epochs: 1 }, given);
    expect(given.graph.initializers.map(({ name, constant }) => [name, [...numbers(constant!)]])).toEqual(before);
    expect(given.graph.nodes.every(({ op }) => op !== "FakeQuant")).toBe(true);
  });
});

describe("options", () => {
  it("tie: weight and input of a layer share their bits, but for the network input", async () => {
    const outcome = await runSmall({ tie: true, beta: 0.3 });
    await checkOutcome(outcome);
    for (const { weight, input } of outcome.bits!.slice(1)) expect(weight).toBe(input);
    for (const { bits } of outcome.history) for (const { weight, input } of bits.slice(1)) expect(weight).toBe(input);
  });

  it("inputBits null: the network input learns its width, too", async () => {
    const outcome = await runSmall({ inputBits: null, beta: 1 });
    await checkOutcome(outcome);
    expect(outcome.history[2]!.bits[0]!.input).toBeLessThan(7);
  });

  it("perChannel false: one range a weight", async () => {
    const one = await runSmall({ perChannel: false });
    await checkOutcome(one);
    expect(constantOf(one.model, "conv2.weight_range")).toHaveLength(1);
    const many = await runSmall({ epochs: 1 });
    expect(constantOf(many.model, "conv2.weight_range")).toHaveLength(6);
  });

  it("learnRanges false: weights keep max|w| of the trained weights, inputs what was calibrated", async () => {
    const outcome = await runSmall({ learnRanges: false, fixedBits: 4 });
    await checkOutcome(outcome);
    const weight = constantOf(outcome.model, "fc.weight");
    const ranges = constantOf(outcome.model, "fc.weight_range");
    const inner = weight.length / ranges.length;
    for (const [c, range] of ranges.entries()) {
      expect(range).toBe(Math.max(...weight.slice(c * inner, (c + 1) * inner).map(Math.abs)));
    }
    const start = await runSmall({ learnRanges: false, fixedBits: 4, epochs: 1 });
    expect(constantOf(outcome.model, "fc.input_high")).toEqual(constantOf(start.model, "fc.input_high"));
  });

  it.each(["real", "round"] as const)("mode %s learns bits", async (mode) => {
    const outcome = await runSmall({ mode, beta: 0.3 });
    await checkOutcome(outcome);
    expect(outcome.history[2]!.energy).toBeLessThan(0.8);
    expect(accuracyOf(outcome)).toBeGreaterThan(0.9);
  });

  it("kl forward and reverse differ; alpha 0 has no full-precision pass", async () => {
    const run = async (own: object) => (await runSmall({ epochs: 2, ...own })).history.at(-1)!;
    const [forward, reverse, none] = [
      await run({ kl: "forward" }),
      await run({ kl: "reverse" }),
      await run({ alpha: 0 }),
    ];
    expect(forward.kl).toBeGreaterThan(0);
    expect(reverse.kl).toBeGreaterThan(0);
    expect(forward.kl).not.toBe(reverse.kl);
    expect(none.kl).toBe(0);
  });

  it("gradQ naive and gradRange pact train otherwise; nothing of them is left in the model", async () => {
    const run = (own: object) => runSmall({ epochs: 2, freezeAt: 1, ...own });
    const [plain, naive, pact] = [await run({}), await run({ gradQ: "naive" }), await run({ gradRange: "pact" })];
    expect(naive.history[0]!.bits).not.toEqual(plain.history[0]!.bits);
    expect(constantOf(pact.model, "conv2.weight_range")).not.toEqual(constantOf(plain.model, "conv2.weight_range"));
    for (const outcome of [naive, pact]) {
      await checkOutcome(outcome);
      for (const { attributes } of outcome.model.graph.nodes.filter(({ op }) => op === "FakeQuant")) {
        expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining([expect.stringMatching("gradient")]));
      }
    }
  });

  it("bitSet: only widths of the hardware", async () => {
    const outcome = await runSmall({ bitSet: [2, 4, 8], beta: 0.5 });
    await checkOutcome(outcome);
    for (const { weight, input } of outcome.bits!) expect([2, 4, 8]).toEqual(expect.arrayContaining([weight, input]));
  });

  it("bitSet with a budget: lowers operands until it holds", async () => {
    const outcome = await runSmall({ bitSet: [2, 4, 8], budget: 0.4 });
    await checkOutcome(outcome);
    expect(energyOf(outcome.bits!)).toBeLessThanOrEqual(0.4);
  });

  it("fixedBits: a uniform baseline of as many epochs", async () => {
    const outcome = await runSmall({ fixedBits: 3 });
    await checkOutcome(outcome);
    expect(outcome.history.map(({ phase }) => phase)).toEqual(new Array(6).fill("tune"));
    expect(outcome.bits!.map(({ weight, input }) => [weight, input])).toEqual([
      [3, 8],
      [3, 3],
      [3, 3],
    ]);
    expect(accuracyOf(outcome)).toBeGreaterThan(0.8);
  });

  it("16-bit containers: widths above 8", async () => {
    const outcome = await runSmall({ fixedBits: 12, inputBits: 16, epochs: 2 });
    await checkOutcome(outcome);
    const learned = await runSmall({ qMin: 6, qMax: 12, qInit: 11, epochs: 2, beta: 0 });
    await checkOutcome(learned);
    expect(Math.max(...learned.bits!.map(({ weight }) => weight))).toBeGreaterThan(8);
  });
});

describe("budget", () => {
  it.each([0.6, 0.4, 0.28])("%d: ends at most there, and near it", async (budget) => {
    const outcome = await runSmall({ budget });
    await checkOutcome(outcome);
    const energy = energyOf(outcome.bits!);
    expect(energy).toBeLessThanOrEqual(budget);
    expect(energy).toBeGreaterThan(budget - 0.08);
  });

  it("that learning did not reach is met by rounding, with a warning", async () => {
    const hasty = await runSmall({ budget: 0.4, rateBits: 1e-3 });
    await checkOutcome(hasty);
    expect(energyOf(hasty.bits!)).toBeLessThanOrEqual(0.4);
    expect(hasty.warnings).toEqual([expect.stringContaining("above the budget 0.4")]);
    const enough = await runSmall({ budget: 0.4, rateBits: 0.3 });
    expect(enough.history[2]!.energy).toBeCloseTo(0.4, 1);
    expect(enough.warnings).toEqual([]);
  });

  it("is refused before training where the fewest bits cost more", async () => {
    await expect(runSmall({ budget: 0.01 })).rejects.toMatchObject({ code: "eqat.budget", where: "option budget" });
    await expect(runSmall({ budget: 0.2, bitSet: [4, 8] })).rejects.toMatchObject({ code: "eqat.budget" });
  });
});

describe("freezeAt", () => {
  it("0: the initial bits are rounded (to the budget) and only weights train", async () => {
    const outcome = await runSmall({ freezeAt: 0, qInit: 4.4 });
    await checkOutcome(outcome);
    expect(outcome.history.every(({ phase }) => phase === "tune")).toBe(true);
    expect(outcome.bits!.map(({ weight }) => weight)).toEqual([4, 4, 4]);
    const tight = await runSmall({ freezeAt: 0, budget: 0.3, epochs: 2 });
    await checkOutcome(tight);
    expect(energyOf(tight.bits!)).toBeLessThanOrEqual(0.3);
  });

  it("1: bits are learned to the end and rounded then", async () => {
    const outcome = await runSmall({ freezeAt: 1, beta: 0.3 });
    await checkOutcome(outcome);
    expect(outcome.history.every(({ phase }) => phase === "learn")).toBe(true);
    expect(outcome.history.at(-1)!.fixed).toBeDefined();
  });
});

describe("batch normalisation", () => {
  const net = smallNet(true);
  const statistics = ({ model: trained }: EqatOutcome) =>
    ["norm1.mean", "norm1.var", "norm2.mean", "norm2.var"].map((name) => [...constantOf(trained, name)]);

  it("statistics stand still while the run settles, weights do not", async () => {
    // The same run, cut off where it begins to settle, and to its end.
    const options = { freezeAt: 0.5, settle: 0.34, schedule: "constant" } as const;
    const controller = new AbortController();
    const cut = await runSmall(options, net, {
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "settle" && controller.abort(),
    });
    const whole = await runSmall(options, net);
    await checkOutcome(whole);
    expect(whole.history.map(({ phase }) => phase)).toEqual(["learn", "learn", "learn", "tune", "settle", "settle"]);
    expect(cut.isFinished).toBe(false);
    expect(statistics(cut)).toEqual(statistics(whole));
    expect(constantOf(cut.model, "conv1.weight")).not.toEqual(constantOf(whole.model, "conv1.weight"));
    expect(statistics(whole)[0]).not.toEqual([0, 0, 0, 0]);
  });

  it("folding costs nothing at three bits", async () => {
    const outcome = await runSmall({ fixedBits: 3, settle: 0.2 }, net);
    const folded = cloneModel(outcome.model);
    applyPasses(folded, [freezeWeights, foldQuantisedBatchNorm]);
    expect(folded.graph.nodes.some(({ op }) => op === "BatchNormalization")).toBe(false);
    expect(await accuracy(folded)).toBe(accuracyOf(outcome));
    expect(accuracyOf(outcome)).toBeGreaterThan(0.8);
  });
});
