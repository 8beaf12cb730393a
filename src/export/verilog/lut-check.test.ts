import { afterAll, expect, test } from "vitest";
import { checkCircuit, designOf, NetlistMachine, quickNetlists, Yosys } from "../../circuits/index.ts";
import { randomNetwork, randomSamples } from "../../engine/bits/random-network.ts";
import { classifyReference } from "../../engine/bits/reference.ts";
import { packed } from "./lut-answers.ts";
import { synthesiseLutCircuit } from "./lut-check.ts";
import { toLutCircuit } from "./lut-network.ts";
import { tenBytes, tenBytesShape } from "./ten-bytes.fixture.ts";

const yosys = new Yosys();
afterAll(() => yosys.close(), 60_000);
const PATIENCE = 600_000;

const network = tenBytes;
const COUNT = 1500;
const samples = randomSamples(network.input, COUNT, 2) as Uint8Array;
const classes = classifyReference(network, samples);

test.each([
  ["xilinx", false],
  ["xilinx", true],
  ["ice40", false],
  ["ice40", true],
] as const)(
  "%s, pipelined %s: every sample on the mapped cells, proved function by function, counted apart",
  async (fabric, isPipelined) => {
    const counterInputs = fabric === "xilinx" ? 6 : 4;
    const made = toLutCircuit(network, { name: "digits", isPipelined, counterInputs });
    const stages = new Set<string>();
    const result = await synthesiseLutCircuit(yosys, made, fabric, {
      test: { samples, classes },
      keepsTables: true,
      progress: (stage) => stages.add(stage),
    });
    expect([...stages].map((stage) => stage.split(/[,:]/)[0])).toContain("proof");
    expect(result.check).toEqual({ samples: COUNT, differ: 0, first: undefined });
    const { bits: code, luts } = made.netlist;
    expect(result.proof!.verdict).toBe("equal");
    expect(result.proof!.parts.map(({ name, functions, proved }) => [name, functions, proved])).toEqual([
      ["encoder", code.length, code.length],
      ["tables", luts.length, luts.length],
      ["counters", 12, 12],
      ["argmax", 2, 2],
    ]);
    const { core, whole } = result;
    const { tables, counters, argmax } = result.parts!;
    const { counterTables } = made.core.facts as { counterTables: number };
    // What is kept is what it was, on iCE40 tables of six inputs as several; the rest compares three numbers.
    expect(counters).toBe(counterTables);
    expect(tables).toBeGreaterThanOrEqual(luts.length);
    if (fabric === "xilinx") expect(tables).toBe(luts.length);
    expect(argmax).toBeGreaterThan(0);
    expect(argmax).toBeLessThan(30);
    expect(core.lut).toBe(tables + counters + argmax);
    expect(whole!.lut).toBeGreaterThan(core.lut);
    expect(whole!.flipFlop).toBe(core.flipFlop + (isPipelined ? code.length : 0));
    expect(core.flipFlop > luts.length).toBe(isPipelined);
  },
  PATIENCE,
);

test(
  "mapped as it likes: every sample, and nothing is said of a proof",
  async () => {
    const made = toLutCircuit(network, { name: "digits" });
    const result = await synthesiseLutCircuit(yosys, made, "xilinx", { test: { samples, classes } });
    expect(result.check).toEqual({ samples: COUNT, differ: 0, first: undefined });
    expect(result.proof).toBeUndefined();
  },
  PATIENCE,
);

test("a table of seven inputs is no lookup table of the fabric", async () => {
  const wide = toLutCircuit(randomNetwork({ ...tenBytesShape, n: 7 }, 1), { name: "digits" });
  await expect(synthesiseLutCircuit(yosys, wide, "xilinx", { keepsTables: true })).rejects.toMatchObject({
    code: "circuits.table",
    got: "7",
  });
});

test("the text: interpreted, by Yosys, in Icarus and under Verilator's lint where they are installed", async () => {
  for (const isPipelined of [false, true]) {
    const { circuit } = toLutCircuit(network, { name: "digits", isPipelined });
    const rows = await checkCircuit(yosys, circuit!, { vectors: 2000 });
    expect(rows.filter(({ verdict }) => verdict === "failed")).toEqual([]);
    expect(rows.filter(({ verdict }) => verdict === "passed").length).toBeGreaterThanOrEqual(3);
  }
}, 300_000);

test("one changed bit of one table is found in the text by samples", async () => {
  const other = structuredClone(network);
  // An entry that some sample reads.
  other.layers[1]!.tables[0]! ^= 0xffff;
  const changed = toLutCircuit(other, { name: "digits", isPipelined: true });
  const netlists = await quickNetlists(yosys, [designOf(changed.circuit!)]);
  const machine = new NetlistMachine(netlists.get("digits")!, COUNT);
  const sample_i = Array.from({ length: COUNT }, (_, i) => packed(samples.subarray(10 * i, 10 * i + 10)));
  let got: bigint[] = [];
  for (let cycle = 0; cycle <= changed.circuit!.latency; cycle++) got = machine.step({ sample_i }).class_o!;
  expect(got.map(Number)).toEqual([...classifyReference(other, samples)]);
  expect(got.map(Number)).not.toEqual([...classes]);
}, 300_000);
