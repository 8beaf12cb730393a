/** @file Every generator, every example: the modules as they stand do what the model says, in Femto and in Icarus. */

import { describe, expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { type Circuit, generate, modulesOf, sidecarOf, verilogOf } from "../circuit.ts";
import { counterexampleText, firstDifference, warmupOf } from "../compare.ts";
import { simulateWithIcarus } from "../native/icarus.ts";
import { findTool } from "../native/tools.ts";
import { lintWithVerilator } from "../native/verilator.ts";
import { randomVectors } from "../stimulus.ts";
import { testbenchOf } from "../testbench.ts";
import { Interpreter } from "../verilog/index.ts";
import { randomModule } from "../verilog/random-module.fixture.ts";
import {
  adder,
  argmax,
  generators,
  lif,
  lutNeuron,
  mac,
  popcount,
  requantise,
  systolicArray,
  thermometer,
} from "./index.ts";
import { membraneRange } from "./lif.ts";
import { roundShift } from "./requantise.ts";

const examples = generators.flatMap((from) => from.examples.map((given) => generate(from, given)));

/** The parameter sweep of the sheet: sizes 1, 2, 3, 7, 8, 16 and widths 1, 4, 8. */
const sweep: Circuit[] = [1, 2, 3, 7, 8, 16].flatMap((inputs) => [
  generate(popcount, { inputs }),
  ...[1, 4, 8].flatMap((width) => [
    generate(argmax, { inputs, width }),
    generate(adder, { width: inputs, kind: width === 1 ? "ripple" : "koggeStone" }, `adder_${inputs}_${width}`),
    ...(["booth4", "baughWooley"] as const).map((multiplier) =>
      generate(mac, { weightBits: inputs, activationBits: width, accumulatorBits: inputs + width + 3, multiplier }),
    ),
  ]),
]);

const disagreement = (circuit: Circuit, count: number): string | undefined => {
  const found = firstDifference(
    circuit.model(),
    new Interpreter(circuit.top),
    randomVectors(circuit, count, 1),
    warmupOf(circuit),
  );
  return found === undefined ? undefined : `${circuit.name}: ${counterexampleText(found)}`;
};

test.each(examples.map((circuit) => [circuit.name, circuit] as const))("%s does what its model says", (_, circuit) => {
  expect(disagreement(circuit, 100)).toBeUndefined();
});

test("so does the sweep over sizes and widths", () => {
  expect(sweep.map((circuit) => disagreement(circuit, 40)).filter((found) => found !== undefined)).toEqual([]);
});

test("names of the examples differ, and each sidecar describes its ports", () => {
  expect(new Set(examples.map(({ name }) => name)).size).toBe(examples.length);
  const { ports, latency, initiationInterval, generator } = sidecarOf(generate(mac, { mode: "accumulate" }));
  expect(ports.at(-1)).toEqual({ name: "acc_o", direction: "output", width: 22, signed: true });
  expect({ latency, initiationInterval, id: generator.id }).toEqual({ latency: 1, initiationInterval: 1, id: "mac" });
});

/** FEMTO_VECTORS=10000 takes a minute and a half. */
const VECTORS = Number(process.env.FEMTO_VECTORS ?? 250);
const icarus = findTool("iverilog");
test.runIf(icarus)("Icarus agrees on every example, on the sweep, and on random expressions", () => {
  const others = sweep.filter(({ name }) => !examples.some((example) => example.name === name));
  const circuits = [...examples, ...others];
  const randoms = Array.from({ length: 30 }, (_, i) => {
    const top = randomModule(`random${i}`, i);
    const model = () => new Interpreter(top);
    const about = { generator: "random", version: 1, parameters: {}, hash: "", latency: 0, initiationInterval: 1 };
    return { ...about, name: top.name, top, model } satisfies Circuit;
  });
  const files = new Map(
    [...circuits, ...randoms].flatMap((c) => verilogOf(c).map((file) => [file.file, file] as const)),
  );
  const benches = [
    ...examples.map((circuit) => testbenchOf(circuit, randomVectors(circuit, VECTORS, 2))),
    ...others.map((circuit) => testbenchOf(circuit, randomVectors(circuit, 60, 3))),
    ...randoms.map((circuit) => testbenchOf(circuit, randomVectors(circuit, 100, 4))),
  ];
  const results = simulateWithIcarus([...files.values()], benches);
  expect(
    results.filter(({ passed }) => !passed).flatMap(({ module, lines }) => [module, ...lines.slice(0, 2)]),
  ).toEqual([]);
  expect(results.length).toBe(benches.length);
});
if (icarus === undefined) console.warn("iverilog is not installed: generated text was not held against Icarus");

const verilator = findTool("verilator");
test.runIf(verilator)("Verilator has no warnings", () => {
  const chosen = [mac, popcount, lif, requantise, systolicArray, thermometer].map((from) =>
    generate(from as never, from.examples[1]!),
  );
  chosen.push(generate(adder, { kind: "koggeStone" }), generate(mac, { adder: "separate", finalAdder: "koggeStone" }));
  expect(chosen.flatMap((circuit) => lintWithVerilator(verilogOf(circuit), circuit.name))).toEqual([]);
});
if (verilator === undefined) console.warn("verilator is not installed: generated text was not linted");

describe("counts and figures", () => {
  test.each([
    [7, 4],
    [15, 11],
    [16, 11],
    [31, 26],
  ])("popcount of %i bits has %i full adders", (inputs, expected) => {
    const { facts } = generate(popcount, { inputs });
    expect(facts!.fullAdders).toBe(expected);
    expect(facts!.fullAdders).toBe(inputs - Math.floor(Math.log2(inputs)) - 1);
    if (Number.isInteger(Math.log2(inputs + 1))) expect(facts!.halfAdders).toBe(0);
  });

  test("a pipelined popcount answers after its latency", () => {
    const circuit = generate(popcount, { inputs: 64, levelsPerStage: 3 });
    expect(circuit.latency).toBeGreaterThan(1);
    expect(disagreement(circuit, 60)).toBeUndefined();
  });

  test("an array's results come at cycle m + R + c, the last at M + R + C − 2", () => {
    const [M, R, C] = [4, 3, 2];
    const circuit = generate(systolicArray, { rows: R, columns: C, weightBits: 8, activationBits: 8 });
    const w = Array.from({ length: R }, (_, r) => Array.from({ length: C }, (_, c) => BigInt(10 * r - 8 * c - 3)));
    const a = Array.from({ length: M }, (_, m) => Array.from({ length: R }, (_, r) => BigInt(1 + 5 * m - 11 * r)));
    const lanes = (values: readonly bigint[], bits: number) =>
      values.reduce((all, value, i) => all | (BigInt.asUintN(bits, value) << BigInt(i * bits)), 0n);
    const idle = { rst_i: 0n, load_i: 0n, w_i: 0n, a_i: 0n };
    for (const machine of [new Interpreter(circuit.top), circuit.model()]) {
      machine.step({ ...idle, rst_i: 1n });
      for (let r = R - 1; r >= 0; r--) machine.step({ ...idle, load_i: 1n, w_i: lanes(w[r]!, 8) });
      const seen: bigint[][] = [];
      for (let cycle = 0; cycle <= M + R + C; cycle++) {
        const { p_o } = machine.step({ ...idle, a_i: lanes(a[cycle] ?? [], 8) });
        seen.push(Array.from({ length: C }, (_, c) => BigInt.asIntN(22, p_o! >> BigInt(22 * c))));
      }
      const last = { cycle: 0 };
      for (let m = 0; m < M; m++) {
        for (let c = 0; c < C; c++) {
          const product = a[m]!.reduce((sum, value, r) => sum + value * w[r]![c]!, 0n);
          expect(product).not.toBe(0n);
          expect(seen[m + R + c]![c]).toBe(product);
          expect(seen[m + R + c - 1]![c]).not.toBe(product);
          last.cycle = Math.max(last.cycle, m + R + c);
        }
      }
      expect(last.cycle).toBe(M + R + C - 2);
      expect(last.cycle).toBe(7);
      expect(seen[M + R + C]!.every((value) => value === 0n)).toBe(true);
    }
  });

  test("the membrane's range: θ = 100, |i| ≤ 128, leak 1/8 stays within −1030 < v < 227", () => {
    const given = lif.parameters.parse({ inputLeast: -128, inputMost: 128 });
    expect(membraneRange(given)).toEqual({ least: -1017n, most: 224n });
    expect(() =>
      generate(lif, { inputLeast: -128, inputMost: 128, membraneBits: 11, overflow: "impossible" }),
    ).not.toThrow();
    expect(() => generate(lif, { inputLeast: -128, inputMost: 128, membraneBits: 10, overflow: "impossible" })).toThrow(
      /can leave its range/,
    );
  });

  test("rounding of halves: to even, or up", () => {
    const halves = [-3n, -1n, 1n, 3n, 5n];
    expect(halves.map((x) => roundShift(x, 1, "half-even"))).toEqual([-2n, 0n, 0n, 2n, 2n]);
    expect(halves.map((x) => roundShift(x, 1, "half-up"))).toEqual([-1n, 0n, 1n, 2n, 3n]);
  });
});

describe("bad parameters", () => {
  const codeOf = (body: () => unknown) => {
    try {
      body();
    } catch (error) {
      return error instanceof FemtoError ? error.code : String(error);
    }
    return "accepted";
  };
  test.each([
    ["an accumulator narrower than a product", () => generate(mac, { accumulatorBits: 15 }), "circuits.overflow"],
    ["a table too long", () => generate(lutNeuron, { inputs: 2, table: "10" }), "circuits.table"],
    ["thresholds that do not rise", () => generate(thermometer, { thresholds: [4, 4] }), "circuits.threshold"],
    ["a threshold below every value", () => generate(thermometer, { thresholds: [0] }), "circuits.threshold"],
    ["an unknown multiplier", () => generate(mac, { multiplier: "wallace" as never }), "circuits.parameter"],
    ["an unknown parameter", () => generate(mac, { width: 8 } as never), "circuits.parameter"],
  ])("%s", (_, body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  test("one name for two different modules", () => {
    const top = generate(systolicArray, {
      rows: 1,
      columns: 1,
      weightBits: 4,
      activationBits: 4,
      accumulatorBits: 8,
    }).top;
    expect(modulesOf(top).map(({ name }) => name).length).toBe(3);
  });
});
