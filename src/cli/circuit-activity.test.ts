/** @file `femto circuit power --activity`: what another simulator wrote costs what the same vectors cost here. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCaptured } from "./captured.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-activity-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const json = (text: string) => JSON.parse(text);
const PATIENCE = 120_000;

test(
  "VCD and SAIF of a multiply-accumulate are priced as its vectors are, each delay model by its own constant",
  async () => {
    const set = ["--set", '{"activationBits": 4, "weightBits": 4, "accumulatorBits": 9}'];
    await runCaptured("circuit", "synth", "mac", ...set, "--out", at("mac.json"));
    const [vectors, published] = [
      ["--vectors", "1201"],
      ["--published", "mac8 45nm"],
    ];
    const expected = json(
      (await runCaptured("circuit", "power", at("mac.json"), ...vectors, ...published, "--json")).stdout,
    );
    for (const delay of ["zero", "unit"]) {
      const files = ["--vcd", at("mac.vcd"), "--saif", at("mac.saif")];
      await runCaptured("circuit", "simulate", at("mac.json"), ...vectors, "--delay", delay, ...files);
      for (const file of [at("mac.vcd"), at("mac.saif")]) {
        const words = ["--activity", file, "--transitions", "1200", "--delay", delay, ...published];
        const { code, stdout } = await runCaptured("circuit", "power", at("mac.json"), ...words, "--json");
        const found = json(stdout);
        expect([code, found.coverage, found.missing, found.transitions]).toEqual([0, 1, [], 1200]);
        expect(found[delay].total).toBeCloseTo(expected[delay].total, 9);
        expect(found[delay].calibration).toEqual(expected[delay].calibration);
      }
    }
    const power = ["circuit", "power", at("mac.json")];
    const refuse = async (...words: string[]) => {
      const { code, stderr } = await runCaptured(...power, ...words);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refuse("--activity", at("mac.vcd"))).toContain("--transitions: must be given");
    expect(await refuse("--activity", at("mac.vcd"), "--transitions", "1200")).toContain(
      "have no constant of their own",
    );
    expect(await refuse("--activity", at("none.vcd"))).toContain("no such file");
    expect(await refuse("--activity", at("mac.json"))).toContain("a .vcd or .saif file");
    expect(await refuse("--activity", at("mac.vcd"), "--hold", "w=3")).toContain("--hold");
    expect(await refuse("--delay", "unit")).toContain("--activity, which is not given");
    const few = readFileSync(at("mac.saif"), "utf8").replace(/\(INSTANCE \w+/, "(INSTANCE other");
    writeFileSync(at("few.saif"), few);
    const astray = ["--activity", at("few.saif"), "--transitions", "1200", "--instance", "tb"];
    expect(await refuse(...astray)).toContain("too few nets have activity");
  },
  PATIENCE,
);

test(
  "cycles are those of the clock in the file",
  async () => {
    const text = "module held(input clk, input d, output reg q); always @(posedge clk) q <= d; endmodule";
    writeFileSync(at("held.v"), text);
    await runCaptured("circuit", "synth", at("held.v"), "--top", "held", "--out", at("held.json"));
    await runCaptured(
      "circuit",
      "simulate",
      at("held.json"),
      "--vectors",
      "1500",
      "--delay",
      "zero",
      "--vcd",
      at("held.vcd"),
    );
    const words = ["--activity", at("held.vcd"), "--delay", "zero", "--json"];
    const { stdout } = await runCaptured("circuit", "power", at("held.json"), ...words);
    expect(json(stdout).transitions).toBe(1499);
  },
  PATIENCE,
);
