import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { netlistHash } from "../netlist/hash.ts";
import { buildMac } from "../netlist/mac/mac.ts";
import { readYosysNetlist } from "../netlist/read-yosys.ts";
import { type Activity, cellWeights, weigh } from "./activity.ts";
import { calibrate, energyOf, genericCalibration, referenceStimulus } from "./calibration.ts";
import { GateEvaluator } from "./evaluator.ts";
import { powerLines, powerReport } from "./power.ts";
import type { PublishedEnergy } from "./published-energies.ts";

const golden = (name: string) =>
  readYosysNetlist(readFileSync(new URL(`../../../golden/gate-netlists/${name}.json`, import.meta.url), "utf8"));

/** The sheet's table: toggles per operation on random operands, femtojoules per toggle. */
test.each([
  ["add8", "add8 45nm", 16.8, 1.78],
  ["add32", "add32 45nm", 78.0, 1.28],
  ["mul8", "mul8 45nm", 115.6, 1.73],
] as const)(
  "%s: toggles per operation and femtojoules per toggle as in the sheet's table",
  async (name, published, toggles, femtojoules) => {
    const netlist = golden(name);
    const { unitsPerTransition, picojoulesPerUnit } = await calibrate(netlist, {
      delay: "zero",
      published: published as PublishedEnergy,
      capacitance: "cells",
    });
    expect(Math.abs(unitsPerTransition / toggles - 1)).toBeLessThan(0.03);
    expect(Math.abs((1000 * picojoulesPerUnit) / femtojoules - 1)).toBeLessThan(0.03);
  },
);

test("the constant makes the reference stimulus cost the published energy", async () => {
  const mac = buildMac();
  for (const delay of ["zero", "unit"] as const) {
    const calibration = await calibrate(mac, { delay, published: "mac8 45nm" });
    const evaluator = await GateEvaluator.compile(mac, { delay });
    const energy = energyOf(mac, evaluator.run(referenceStimulus(mac)), calibration);
    expect(energy.perTransition).toBeCloseTo(0.3, 12);
    expect(energy.low).toBeCloseTo(0.8 * energy.total, 9);
    expect(calibration.caveats.join()).toContain(`${delay} delay`);
  }
});

test("energy is linear in toggles, and nothing for idle inputs", async () => {
  const mac = buildMac();
  const calibration = await calibrate(mac, { delay: "unit", published: "mac8 45nm" });
  const evaluator = await GateEvaluator.compile(mac, { delay: "unit" });
  const rng = new Rng(6);
  const a = Int8Array.from({ length: 300 }, () => rng.below(128));
  const activity = evaluator.run({ kind: "stream", count: 300, vectors: { a, w: 43, p: 0 } });
  const tripled: Activity = { ...activity, toggles: activity.toggles.map((count) => 3 * count) };
  const total = energyOf(mac, activity, calibration).total;
  expect(total).toBeGreaterThan(0);
  expect(energyOf(mac, tripled, calibration).total).toBeCloseTo(3 * total, 6);
  const idle = evaluator.run({ kind: "stream", count: 300, vectors: { a: 5, w: 43, p: 7 } });
  expect(energyOf(mac, idle, calibration).total).toBe(0);
});

test("data decide: an 8-bit multiplier by a constant or with 4-bit operands, against random operands", async () => {
  const mul = golden("mul8");
  const evaluator = await GateEvaluator.compile(mul, { delay: "zero" });
  const weights = cellWeights(mul);
  const rng = new Rng(1, "operands");
  const draw = (bound: number) => Uint8Array.from({ length: 4096 }, () => rng.below(bound));
  const run = (a: Uint8Array, b: Uint8Array | number) =>
    weigh(evaluator.run({ kind: "stream", count: 4096, vectors: { a, b } }).toggles, weights);
  const random = run(draw(256), draw(256));
  const ratio = (value: number) => value / random;
  expect(ratio(run(draw(256), 0))).toBe(0);
  // The sheet's 0.44, 0.92, 1.36 and 0.52 are of another version of abc.
  expect(Math.abs(ratio(run(draw(256), 3)) - 0.44)).toBeLessThan(0.03);
  expect(Math.abs(ratio(run(draw(256), 0x55)) - 0.92)).toBeLessThan(0.03);
  expect(Math.abs(ratio(run(draw(256), 255)) - 1.36)).toBeLessThan(0.03);
  expect(Math.abs(ratio(run(draw(16), draw(256))) - 0.52)).toBeLessThan(0.03);
});

test("a constant of another netlist or delay model is refused", async () => {
  const mac = buildMac();
  const calibration = await calibrate(mac, { delay: "zero", published: "mac8 45nm" });
  const activity = (await GateEvaluator.compile(mac, { delay: "unit" })).run(referenceStimulus(mac, 10));
  expect(() => energyOf(mac, activity, calibration)).toThrow(expect.objectContaining({ code: "calibration.delay" }));
  expect(() => energyOf(buildMac({ isFused: false }), activity, calibration)).toThrow(
    expect.objectContaining({ code: "calibration.netlist" }),
  );
  expect(() => energyOf(mac, activity, genericCalibration(mac))).toThrow(
    expect.objectContaining({ code: "calibration.delay" }),
  );
  expect(() => genericCalibration(mac, 5)).toThrow(expect.objectContaining({ code: "calibration.node" }));
  expect(genericCalibration(mac, 7).picojoulesPerUnit).toBeCloseTo(0.00018, 12);
});

test("a power report prices both delay models, each by its own constant, and says what it rests on", async () => {
  const mac = buildMac();
  const report = await powerReport(mac, referenceStimulus(mac), { published: "mac8 45nm" });
  expect(report.zero.perTransition).toBeCloseTo(0.3, 9);
  expect(report.unit!.perTransition).toBeCloseTo(0.3, 9);
  expect(report.glitchFactor).toBeGreaterThan(1.3);
  expect(report.glitchFactor).toBeLessThan(4);
  const text = powerLines(report).join("\n");
  expect(text).toContain("0.300 pJ per transition (0.240 pJ to 0.360 pJ) at 45 nm, modelled");
  for (const word of ["seed 1", "Horowitz", "100.0 % of nets", "no foundry library", netlistHash(mac)]) {
    expect(text).toContain(word);
  }
  expect(report.warnings).toEqual([]);
});

test("without a published operation there is no figure with glitches; few transitions and clocks are said", async () => {
  const counter = golden("counter");
  const report = await powerReport(counter, { kind: "stream", count: 257, vectors: { rst: 0, en: 1 } });
  expect(report.unit).toBeUndefined();
  // 8 flip-flops, 6 units, 2 clock changes in each of 256 cycles, 1.5 fJ.
  expect(report.zero.clock).toBeCloseTo(8 * 6 * 2 * 256 * 0.0015, 9);
  const text = powerLines(report).join("\n");
  expect(text).toContain("unit delay: no figure");
  expect(text).toContain("warning: only 256 transitions");
  expect(text).toContain("clock pins, ungated, not in the figure");
});

test("where nothing toggles there are no glitches", async () => {
  const still = { kind: "stream", count: 20, vectors: { rst: 0, en: 0 } } as const;
  expect((await powerReport(golden("counter"), still)).glitchFactor).toBe(1);
});
