import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { fitMachine, integrateTrace, loadMachine, priceOf } from "../index.ts";
import { dependences, leastSquares, nonNegativeLeastSquares } from "./least-squares.ts";

const chip = `schema: femto-machine/1
name: chip
title: Test chip
energy: pJ
technology: { node_nm: 28 }
clock_mhz: 100
sources:
  guess: "A first guess from the data sheets of the macros"
components:
  - name: mac
    class: arithmetic
    mac_scaling: none
    prices:
      - { verb: mac, operand: int8, value: 1, unit: pJ, source: guess }
  - name: sram
    class: sram
    size: 256 KB
    holds: [weights, activations]
    # eight banks
    static: { leakage_mw: 1, source: guess }
    prices:
      - { verb: read, value: 8, unit: pJ, bits: 64, range: { low: 4, high: 20, source: guess }, source: guess }
      - { verb: write, value: 0.2, unit: pJ/bit, source: guess }
`;
const machine = loadMachine(chip, "chip.yaml");
const citation = "Test chip 3, board B, 25 °C, shunt of 0.1 ohm, 12 layers, 100 runs each";

/** Layers of a made-up network; the truth: 0.3 pJ a MAC, 0.25 pJ a bit read, 0.4 a bit written, 2.5 mW. */
const truth = { mac: 0.3, read: 0.25, write: 0.4, leak: 2.5 };
function measurements(layers: number, noise: number, seed = 1): string {
  const rng = new Rng(seed);
  const rows = Array.from({ length: layers }, (_, i) => {
    const macs = Math.round(1e5 + 4e6 * rng.uniform());
    const read = Math.round(1e4 + 3e5 * rng.uniform());
    const written = Math.round(1e3 + 1e5 * rng.uniform());
    const cycles = Math.round(1e3 + 2e4 * rng.uniform());
    const exact =
      macs * truth.mac + read * 8 * truth.read + written * 8 * truth.write + (cycles / 100) * 1000 * truth.leak;
    return `"conv, ${i}",${(exact * 1e-6 * (1 + noise * rng.normal())).toPrecision(12)},${macs},${read},${written},${cycles}`;
  });
  return `layer,µJ,macs,bytes read,bytes written,cycles\n${rows.join("\n")}\n`;
}

describe("synthetic measurements", () => {
  test("without noise the truth comes back, and the machine bills it", () => {
    const fit = fitMachine({ machine, csv: measurements(12, 0), citation });
    const [mac, read, write, leak] = fit.prices;
    expect(mac).toMatchObject({ id: "mac.mac.int8", unit: "pJ", before: 1 });
    expect(read).toMatchObject({ id: "sram.read", unit: "pJ/bit", before: 0.125 });
    expect(leak).toMatchObject({ id: "sram.leakage", unit: "mW", before: 1 });
    expect(mac!.value).toBeCloseTo(truth.mac, 8);
    expect(read!.value).toBeCloseTo(truth.read, 8);
    expect(write!.value).toBeCloseTo(truth.write, 8);
    expect(leak!.value).toBeCloseTo(truth.leak, 7);
    expect(fit.relativeError).toBeLessThan(1e-9);
    expect(fit.explained).toBeCloseTo(1, 12);
    expect(fit.degreesOfFreedom).toBe(8);
    expect(fit.warnings).toEqual([]);
    const fitted = loadMachine(fit.text, "fitted.yaml");
    const [unit, sram] = fitted.components;
    expect(priceOf(fitted, unit!, "mac", "int8")).toMatchObject({ energy: { mid: 0.3 }, source: { text: citation } });
    expect(priceOf(fitted, sram!, "read")).toMatchObject({ energy: { mid: 0.25 }, stated: "0.25 pJ/bit" });
    expect(sram!.staticPower).toMatchObject({ leakageMw: { mid: 2.5 }, source: { text: citation } });
    // what was not fitted stays, comments too
    expect(fit.text).toContain("# eight banks");
    expect(fit.text).toContain("guess:");
  });

  test("with 2 % noise the truth lies within three standard errors, and the ranges hold two", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const fit = fitMachine({ machine, csv: measurements(60, 0.02, seed), citation, errors: "relative" });
      const expected = [truth.mac, truth.read, truth.write, truth.leak];
      fit.prices.forEach(({ value, standardError }, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(3.5 * standardError!);
        expect(standardError! / value).toBeLessThan(0.2);
      });
      expect(fit.relativeError).toBeGreaterThan(0.01);
      expect(fit.relativeError).toBeLessThan(0.03);
      const { lo, mid, hi } = priceOf(
        loadMachine(fit.text),
        loadMachine(fit.text).components[0]!,
        "mac",
        "int8",
      ).energy;
      expect((hi - lo) / 4).toBeCloseTo(fit.prices[0]!.standardError!, 5);
      expect(mid).toBeCloseTo(fit.prices[0]!.value, 5);
      // residuals are what the fitted figure is off by
      for (const { measured, fitted, relative } of fit.residuals)
        expect(fitted / measured - 1).toBeCloseTo(relative, 12);
    }
  });

  test("a price that is known is held and subtracted", () => {
    const csv = measurements(12, 0).replace("bytes written", "sram.write");
    // bytes are now taken for bits, so the true price of a bit is eight times as high
    const known = loadMachine(chip.replace("value: 0.2, unit: pJ/bit", "value: 3.2, unit: pJ/bit"));
    const fit = fitMachine({ machine: known, csv, citation, hold: ["sram.write"] });
    expect(fit.prices.map(({ id }) => id)).toEqual(["mac.mac.int8", "sram.read", "sram.leakage"]);
    expect(fit.prices[0]!.value).toBeCloseTo(truth.mac, 8);
    expect(fit.relativeError).toBeLessThan(1e-9);
  });

  test("a price that would be negative is held at zero, with a warning", () => {
    const csv =
      "layer,uj,macs,bytes_read\na,1,1000000,1000\nb,2,2000000,50000\nc,3,3000000,90000\nd,3.9,4000000,200000\n";
    const fit = fitMachine({ machine, csv, citation });
    expect(fit.prices[1]).toMatchObject({ id: "sram.read", value: 0, standardError: undefined });
    expect(fit.warnings).toEqual([expect.stringContaining("sram.read is held at zero")]);
  });

  test("as many prices as layers: exact, and said to say nothing of its error", () => {
    const fit = fitMachine({ machine, csv: measurements(4, 0), citation });
    expect(fit.degreesOfFreedom).toBe(0);
    expect(fit.prices.every(({ standardError }) => standardError === undefined)).toBe(true);
    expect(fit.warnings).toEqual([expect.stringContaining("as many prices as layers")]);
  });
});

describe("a power trace", () => {
  // two runs of each of two layers, 100 µs and 50 µs, at 3 and 5 mW, with 1 mW between
  const sample = (at: number, power: number, layer: string) => `${at},${power},${layer}`;
  const trace = ["time_us,power_mW,layer"];
  for (const start of [0, 1000]) {
    trace.push(
      sample(start, 1, ""),
      sample(start + 10, 3, "a"),
      sample(start + 60, 3, "a"),
      sample(start + 110, 3, ""),
    );
    trace.push(sample(start + 120, 5, "b"), sample(start + 170, 5, ""), sample(start + 180, 1, ""));
  }

  test("gives the energy and time of a run", () => {
    expect(integrateTrace(trace.join("\n"))).toEqual([
      { layer: "a", microjoules: expect.closeTo(0.3, 12), microseconds: 100, runs: 2 },
      { layer: "b", microjoules: expect.closeTo(0.25, 12), microseconds: 50, runs: 2 },
    ]);
    const ramp = "time_s,power_w,layer\n0,0,a\n1,2,a\n2,2,\n";
    expect(integrateTrace(ramp)).toEqual([{ layer: "a", microjoules: 3e6, microseconds: 2e6, runs: 1 }]);
  });

  test("stands in for measured energies and cycles", () => {
    const csv = "layer,macs\na,500000\nb,1000000\n";
    const { prices, residuals } = fitMachine({ machine, csv, trace: trace.join("\n"), citation });
    // 100 µs and 50 µs at x mW, 0.5 and 1 million MACs at y pJ: x = 7/3, y = 2/15
    expect(prices.map(({ id, value }) => [id, value])).toEqual([
      ["mac.mac.int8", expect.closeTo(2 / 15, 12)],
      ["sram.leakage", expect.closeTo(7 / 3, 12)],
    ]);
    expect(residuals.map(({ measured }) => measured)).toEqual([expect.closeTo(0.3, 12), expect.closeTo(0.25, 12)]);
  });

  test.each<[string, string, object]>([
    ["time that stands still", "time_s,power_w,layer\n0,1,a\n0,1,a\n", { where: "trace.csv:3 › time_s" }],
    ["a power without unit", "time_s,power,layer\n0,1,a\n1,1,a\n", { expected: "power_w or power_mw or power_uw" }],
    ["no marks", "time_s,power_w\n0,1\n1,1\n", { expected: "layer" }],
    ["a layer that is not in it", "time_s,power_w,layer\n0,1,x\n1,1,\n", { code: "fit.csv", got: "a" }],
  ])("%s", (_, text, fields) => {
    const run = () => fitMachine({ machine, csv: "layer,macs\na,5\nb,6\n", trace: text, citation });
    expect(run).toThrow(expect.objectContaining(fields));
  });
});

describe("what measurements cannot tell is an error", () => {
  const rows = (text: string) => `layer,uj,macs,bytes_read\n${text}`;
  test.each<[string, string, object]>([
    [
      "fewer layers than prices",
      rows("a,1,5,6\n"),
      { code: "fit.underdetermined", got: "1", expected: "at least 2 layers" },
    ],
    [
      "columns in proportion",
      rows("a,1,10,20\nb,2,20,40\nc,3,30,60\n"),
      {
        code: "fit.underdetermined",
        message: "the layers cannot tell bytes_read from macs",
        got: expect.stringContaining("a multiple of macs"),
      },
    ],
    ["a column of zeros", rows("a,1,10,0\nb,2,20,0\nc,3,25,0\n"), { code: "fit.underdetermined", got: "0" }],
    ["nothing but energies", "layer,uj\na,1\n", { code: "fit.underdetermined" }],
    ["no energies", "layer,macs\na,1\n", { code: "fit.csv", where: "measured.csv:1" }],
    ["a column of one's own", "layer,uj,colour\na,1,2\n", { code: "fit.column", where: "measured.csv:1 › colour" }],
    [
      "a cell that is no number",
      rows("a,1,x,6\nb,2,3,4\n"),
      { code: "fit.csv", where: "measured.csv:2 › macs", got: "x" },
    ],
    ["a negative cell", rows("a,1,-5,6\nb,2,3,4\n"), { code: "fit.csv", where: "measured.csv:2 › macs", got: "-5" }],
    ["a layer for nothing", rows("a,0,5,6\nb,2,3,4\nc,2,3,5\n"), { code: "fit.csv", where: "measured.csv:2 › uj" }],
    ["a row too short", rows("a,1,5\n"), { code: "fit.csv", where: "measured.csv:2", expected: "4", got: "3" }],
    ["an empty table", "layer,uj\n", { code: "fit.csv" }],
    ["two columns for one price", "layer,uj,bytes_read,sram.read\na,1,5,6\n", { code: "fit.column" }],
  ])("%s", (_, csv, fields) => {
    expect(() => fitMachine({ machine, csv, citation })).toThrow(expect.objectContaining(fields));
  });

  test("a column that may count for several prices, cycles without a clock, ratios", () => {
    const eyeriss = loadMachine("eyeriss-65nm");
    expect(() => fitMachine({ machine: eyeriss, csv: "layer,uj,bytes_read\na,1,2\n", citation })).toThrow(
      expect.objectContaining({ code: "fit.column", expected: expect.stringContaining("shared_glb.read, dram.read") }),
    );
    const still = loadMachine(chip.replace("clock_mhz: 100\n", ""));
    expect(() => fitMachine({ machine: still, csv: "layer,uj,cycles\na,1,2\n", citation })).toThrow(
      expect.objectContaining({ code: "fit.column", message: "cycles become power only with a clock" }),
    );
    expect(() => fitMachine({ machine: loadMachine("eyeriss-ratio"), csv: "layer,uj\na,1\n", citation })).toThrow(
      expect.objectContaining({ code: "fit.column" }),
    );
  });
});

describe("least squares", () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  const problem = fc
    .integer({ min: 1, max: 5 })
    .chain((n) =>
      fc.tuple(
        fc.array(fc.array(number, { minLength: 8, maxLength: 8 }), { minLength: n, maxLength: n }),
        fc.array(number, { minLength: 8, maxLength: 8 }),
      ),
    )
    .filter(
      ([columns]) => dependences(columns).length === 0 && columns.every((column) => Math.hypot(...column) > 1e-2),
    );
  const restOf = (columns: number[][], target: number[], x: number[]) =>
    target.map((value, i) => value - x.reduce((sum, factor, j) => sum + factor * columns[j]![i]!, 0));
  const slope = (column: number[], rest: number[]) =>
    column.reduce((sum, value, i) => sum + value * rest[i]!, 0) / Math.hypot(...column);

  test("the rest is at right angles to every column", () => {
    fc.assert(
      fc.property(problem, ([columns, target]) => {
        const rest = restOf(columns, target, leastSquares(columns, target));
        for (const column of columns) expect(Math.abs(slope(column, rest))).toBeLessThan(1e-5);
      }),
    );
  });

  test("non-negative: right angles where a coefficient is free, no gain where it is zero (Kuhn and Tucker)", () => {
    fc.assert(
      fc.property(problem, ([columns, target]) => {
        const x = nonNegativeLeastSquares(columns, target);
        const rest = restOf(columns, target, x);
        x.forEach((value, j) => {
          expect(value).toBeGreaterThanOrEqual(0);
          if (value > 0) expect(Math.abs(slope(columns[j]!, rest))).toBeLessThan(1e-5);
          else expect(slope(columns[j]!, rest)).toBeLessThan(1e-5);
        });
      }),
    );
  });
});
