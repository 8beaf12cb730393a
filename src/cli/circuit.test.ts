/** @file The circuit commands from words to text, on circuits small enough to synthesise in a moment. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runCaptured } from "./captured.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-cli-circuit-"));
process.env.FEMTO_CACHE = join(folder, "cache");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
/** Runs of Yosys take seconds, on a busy machine minutes. */
const PATIENCE = 300_000;

test("emit writes modules, sidecar, testbench and vectors", async () => {
  const words = ["circuit", "emit", "adder", "--set", '{"width": 4}', "--vectors", "20", "--out", at("rtl")];
  const { code, stdout } = await runCaptured(...words);
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .every((path) => existsSync(path)),
  ).toBe(true);
  const sidecar = JSON.parse(readFileSync(at("rtl/adder_ripple_4.json"), "utf8"));
  expect(sidecar.ports.at(-1)).toEqual({ name: "sum_o", direction: "output", width: 5, signed: false });
  expect(readFileSync(at("rtl/adder_ripple_4_vectors.hex"), "utf8").trim().split("\n").length).toBe(20);
});

test("emit --product: a matrix product through the array, with its testbench", async () => {
  writeFileSync(at("w.csv"), "1,-2,3\n4,0,-6\n7,-8,5\n");
  writeFileSync(at("a.csv"), "1,2,3\n-4,5,-6\n");
  const words = ["circuit", "emit", "systolic", "--set", '{"rows": 2, "columns": 2}', "--out", at("array")];
  const { code, stdout } = await runCaptured(...words, "--product", `${at("w.csv")},${at("a.csv")}`);
  expect(code).toBe(0);
  const vectors = stdout.split("\n").find((path) => path.endsWith("_vectors.hex"))!;
  // Reset, four tiles of 2R + C + T − 2 cycles, and the cycle of the last sum.
  expect(readFileSync(vectors, "utf8").trim().split("\n").length).toBe(1 + 4 * 6 + 1);
  writeFileSync(at("half.csv"), "1,2,0.5\n");
  const wrong = await runCaptured(...words, "--product", `${at("w.csv")},${at("half.csv")}`);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("half.csv › line 1")]);
});

test("emit --network: the first layer of a network on real digits, its vectors described", async () => {
  const network = fileURLToPath(new URL("../../golden/weight-selection/model.int.onnx", import.meta.url));
  const words = ["circuit", "emit", "systolic", "--network", network, "--layers", "1", "--steps", "5"];
  const { code, stdout } = await runCaptured(
    ...[...words, "--data", "mnist10k", "--set", '{"rows": 5, "columns": 6}', "--out", at("layer")],
  );
  expect(code).toBe(0);
  const sidecar = JSON.parse(readFileSync(stdout.trim().split("\n").at(-1)!, "utf8"));
  expect(sidecar.generator.parameters).toMatchObject({ rows: 5, columns: 6, weightBits: 8, activationBits: 9 });
  // K = 25 in five tiles of 2R + C + T − 2 cycles, a reset, and the cycle of the last sum.
  const layer = { name: "conv1", inputs: 25, outputs: 6, tiles: 5, cyclesPerTile: 19, from: 0, cycles: 97 };
  expect(sidecar.network).toMatchObject({ sums: 30, layers: [layer], data: { name: "mnist10k", examples: 1 } });
  const vectors = stdout.split("\n").find((path) => path.endsWith("_vectors.hex"))!;
  expect(readFileSync(vectors, "utf8").trim().split("\n").length).toBe(97);
  const mistakes: [string[], RegExp][] = [
    [words, /--data mnist10k/],
    [["circuit", "emit", "mac", "--network", network, "--data", "mnist10k"], /only an array multiplies layers/],
    [
      [...words, "--data", "mnist10k", "--set", '{"activationBits": 8}'],
      /weights|activations|narrower|signed integer of 8/,
    ],
    [[...words, "--data", "mnist10k", "--set", '{"rows": "x"}'], /rows/],
    [["circuit", "emit", "systolic", "--network", at("no.onnx"), "--data", "mnist10k"], /no\.onnx/],
  ];
  for (const [line, text] of mistakes) {
    const wrong = await runCaptured(...line);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(text)]);
  }
});

test("table: a machine file by weight value, with which femto energy prices the weights of a file", async () => {
  const network = fileURLToPath(new URL("../../golden/weight-selection/model.int.onnx", import.meta.url));
  const words = ["circuit", "table", "--draws", "64", "--delay", "zero", "--activation-bits", "9"];
  const { code, stdout } = await runCaptured(...words, "--out", at("booth.yaml"), "--json");
  const { weightsFj, stimulus } = JSON.parse(stdout);
  expect([code, weightsFj.length, stimulus]).toEqual([0, 256, "64 uniform random transitions, seed 1"]);
  const priced = await runCaptured("energy", network, "--machine", at("booth.yaml"), "--json");
  expect(priced.code).toBe(0);
  expect(priced.stdout).toContain("mean over the layer's weights");
  expect(priced.stdout).toContain("those of the file (integer); multiply-accumulates by its weights");
  const mean = await runCaptured("energy", network, "--machine", at("booth.yaml"), "--bits", "8", "--json");
  expect(mean.stdout).not.toContain("mean over the layer's weights");
  // Its mac is one of whole numbers.
  const float = await runCaptured("energy", "lenet5", "--machine", at("booth.yaml"));
  expect([float.code, float.stderr]).toEqual([2, expect.stringContaining("--bits 8")]);
  const mistakes: [string[], RegExp][] = [
    [["--data", "mnist10k"], /both --network FILE and --data DATA/],
    [["--machine", "eyeriss-65nm"], /systolic/],
    [["--published", "mac8 7nm"], /another node/],
    [["--delay", "slow"], /zero, unit/],
    [["--draws", "3"], /at least 16/],
  ];
  for (const [more, text] of mistakes) {
    const wrong = await runCaptured("circuit", "table", ...more);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(text)]);
  }
});

test("delays: how many weight values settle in time, and what supply that allows", async () => {
  const words = ["circuit", "delays", "--draws", "32", "--json"];
  const { code, stdout } = await runCaptured(...words);
  const { rows, perWeight, depth } = JSON.parse(stdout);
  expect([code, perWeight.longest.length, depth]).toEqual([0, 256, 41]);
  // All values at the nominal supply; fewer values, fewer gates, less supply.
  const sensitised = rows.filter(({ kind }: { kind: string }) => kind === "longest");
  expect(sensitised[0]).toMatchObject({ volts: expect.closeTo(0.9, 6), energy: expect.closeTo(1, 6) });
  expect(sensitised[0].values.length).toBe(255);
  for (let i = 1; i < sensitised.length; i++) {
    expect(sensitised[i].limit).toBeLessThan(sensitised[i - 1].limit);
    expect(sensitised[i].values.length).toBeLessThan(sensitised[i - 1].values.length);
    expect(sensitised[i].energy).toBeLessThan(sensitised[i - 1].energy);
  }
  const some = await runCaptured(...words, "--values", "0,4,-4");
  expect(JSON.parse(some.stdout).rows[0].values).toEqual([-4, 0, 4]);
  const mistakes: [string[], RegExp][] = [
    [["--values", "1,2,3"], /zero is missing/],
    [["--threshold", "0.95"], /no supply of a circuit/],
    [["--network", "x.onnx"], /both --network FILE and --data DATA/],
  ];
  for (const [more, text] of mistakes) {
    const wrong = await runCaptured("circuit", "delays", ...more);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(text)]);
  }
});

test("mistakes are one message", async () => {
  const unknown = await runCaptured("circuit", "emit", "popcunt");
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean "popcount"?')]);
  const parameter = await runCaptured("circuit", "emit", "adder", "--set", '{"wdth": 4}');
  expect([parameter.code, parameter.stderr]).toEqual([2, expect.stringContaining("parameters of adder")]);
  writeFileSync(at("two.v"), "module a(input x, output y); assign y = x; endmodule\nmodule b(); endmodule\n");
  const top = await runCaptured("circuit", "check", at("two.v"));
  expect([top.code, top.stderr]).toEqual([2, expect.stringContaining("--top a or b")]);
});

test("netlists that cannot be: undriven, feeding themselves, cut off", async () => {
  const gate = (type: string, inputs: Record<string, number[]>, Y: number) => ({
    type,
    connections: { ...inputs, Y: [Y] },
  });
  const and = gate("$_AND_", { A: [2], B: [4] }, 3);
  const ports = { a: { direction: "input", bits: [2] }, y: { direction: "output", bits: [3] } };
  const netnames = { a: { bits: [2] }, y: { bits: [3] }, u: { bits: [4] } };
  const textOf = (cells: object) => JSON.stringify({ modules: { t: { ports, cells, netnames } } });
  const found: Record<string, readonly [string, RegExp]> = {
    "undriven.json": [textOf({ and }), /^undriven\.json › netlist t: net u is read but nothing drives it\n/],
    "loop.json": [
      textOf({ and, not: gate("$_NOT_", { A: [3] }, 4) }),
      /^loop\.json › netlist t: gates feed themselves without a flip-flop/,
    ],
    "cut.json": ['{"modules":', /^cut\.json: the netlist is not JSON\n/],
  };
  for (const [name, [text, message]] of Object.entries(found)) {
    writeFileSync(at(name), text);
    const { code, stdout, stderr } = await runCaptured("circuit", "power", at(name));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.slice(stderr.indexOf(name))).toMatch(message);
  }
});

test(
  "synth, simulate and power of one table; a second one differs from it",
  async () => {
    const table = ["--set", '{"inputs": 4, "table": "6996"}'];
    const synth = await runCaptured("circuit", "synth", "lut", ...table, "--out", at("lut.json"), "--json");
    expect(JSON.parse(synth.stdout)).toMatchObject({ target: "gates", counts: { byType: { $_XOR_: 3 } } });
    writeFileSync(at("trace.csv"), "x_i\n0\n1\n0b11\n2\n0x6\n0\n");
    const words = ["circuit", "simulate", at("lut.json"), "--stimulus", at("trace.csv"), "--saif", at("lut.saif")];
    const simulated = await runCaptured(...words, "--json");
    // Parity of 0, 1, 3, 2, 6, 0 changes at every step but the last.
    expect(JSON.parse(simulated.stdout)).toMatchObject({ transitions: 5, perNet: { y_o: 4 } });
    expect(readFileSync(at("lut.saif"), "utf8")).toContain("(TC 4)");
    const held = await runCaptured(
      "circuit",
      "power",
      at("lut.json"),
      "--vectors",
      "1001",
      "--hold",
      "x_i=5",
      "--json",
    );
    expect(JSON.parse(held.stdout)).toMatchObject({ zero: { total: 0 }, transitions: 1000 });
    const wrong = await runCaptured("circuit", "power", at("lut.json"), "--hold", "z=5");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("no such input port")]);
    const wide = await runCaptured("circuit", "power", at("lut.json"), "--hold", "x_i=16");
    expect([wide.code, wide.stderr]).toEqual([2, expect.stringMatching(/x_i: the value does not fit.*\n.*-8 to 15/)]);
    writeFileSync(at("wide.csv"), "x_i\n0\n-9\n");
    const far = await runCaptured("circuit", "simulate", at("lut.json"), "--stimulus", at("wide.csv"));
    expect([far.code, far.stderr]).toEqual([
      2,
      expect.stringMatching(/wide.csv › line 3 › x_i: the value does not fit/),
    ]);
    const still = ["circuit", "power", at("lut.json"), "--stimulus", at("trace.csv"), "--hold", "x_i=5", "--json"];
    expect(JSON.parse((await runCaptured(...still)).stdout)).toMatchObject({ zero: { total: 0 }, transitions: 5 });
    const other = ["--against", "lut", "--against-set", '{"inputs": 4, "table": "6997"}'];
    const different = await runCaptured("circuit", "check", "lut", ...table, ...other);
    expect(different.code).toBe(2);
    expect(different.stdout).toMatch(/by structure and induction +undecided +not shown for y_o/);
    expect(different.stderr).toContain("for x_i = 0: y_o = 0 against y_o = 1");
    // One holds what the other holds inverted: the same from the second cycle on, and nothing is known of the first.
    const storing = (own: string, shown: string) =>
      `module hold(input clk, input d, output q); reg r; always @(posedge clk) r <= ${own}; assign q = ${shown}; endmodule`;
    writeFileSync(at("plain.v"), storing("d", "r"));
    writeFileSync(at("inverted.v"), storing("~d", "~r"));
    const pair = [at("plain.v"), "--top", "hold", "--against", at("inverted.v")];
    const open = await runCaptured("circuit", "check", ...pair);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("neither shown nor refuted")]);
  },
  PATIENCE,
);
