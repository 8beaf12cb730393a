import { afterAll, expect, test } from "vitest";
import { checkCircuit, designOf, NetlistMachine, proveEqual, quickNetlists, Yosys } from "../../circuits/index.ts";
import { randomNetwork, randomSamples } from "../../engine/bits/random-network.ts";
import { classifyReference } from "../../engine/bits/reference.ts";
import { readLutCells, runLutCells, unchangedTables } from "./lut-cells.ts";
import { packed, synthesiseLutCircuit } from "./lut-check.ts";
import { toLutCircuit } from "./lut-network.ts";
import { withPrimitives } from "./lut-primitives.ts";
import { mapToFpga } from "./mapped.ts";

const yosys = new Yosys();
afterAll(() => yosys.close());

const shape = {
  input: { dtype: "uint8", features: 10 },
  codeBits: 20,
  bitsPerFeature: 3,
  layers: [20, 12],
  n: 6,
  classes: 3,
} as const;
const network = randomNetwork(shape, 1);
const samples = randomSamples(network.input, 1500, 2) as Uint8Array;
const classes = classifyReference(network, samples);

test("mapped to a Xilinx fabric: every sample as the reference, proved equal register by register, counted apart", async () => {
  const made = toLutCircuit(network, { name: "digits", isPipelined: true });
  const result = await synthesiseLutCircuit(yosys, made, "xilinx", { test: { samples, classes }, isProved: true });
  expect(result.check).toEqual({ samples: 1500, differ: 0, first: undefined });
  expect(result.proof).toMatchObject({ verdict: "equal" });
  // A table of six inputs is a LUT6; one whose registers can be shared with its complement may be smaller.
  const { core, whole } = result;
  expect(core.lutByInputs[6]).toBeGreaterThanOrEqual(
    made.netlist.luts.filter(({ inputs }) => inputs.length === 6).length,
  );
  expect(whole!.lut).toBeGreaterThan(core.lut);
  expect(core.flipFlop).toBeGreaterThanOrEqual(made.netlist.luts.length);
  expect(whole!.flipFlop).toBe(core.flipFlop + made.netlist.bits.length);
});

test("tables kept as lookup tables of the fabric: counted, run and proved equal table by table, without registers", async () => {
  const made = toLutCircuit(network, { name: "digits" });
  const options = { test: { samples, classes }, isProved: true, keepsTables: true };
  const result = await synthesiseLutCircuit(yosys, made, "xilinx", options);
  expect(result.check).toEqual({ samples: 1500, differ: 0, first: undefined });
  expect(result.proof).toMatchObject({ verdict: "equal", unproven: [] });
  expect(result.core.lut).toBeGreaterThan(made.netlist.luts.length);
  expect(result.core.flipFlop).toBe(0);
}, 300_000);

test("bits of their own highest place need no carries: the cells themselves are run, and one changed entry is seen", async () => {
  const bright = { ...network, encoder: { ...network.encoder, threshold: new Float64Array(20).fill(127) } };
  const made = toLutCircuit(bright, { name: "bright" });
  const mapped = await mapToFpga(
    yosys,
    withPrimitives(designOf(made.circuit!), made.netlist, "bright"),
    "xilinx",
    true,
  );
  const ports = { input: "sample_i", output: "class_o" };
  const cells = readLutCells(mapped.cells, "bright", ports)!;
  expect(cells.cells.length).toBe(mapped.counts.lut);
  const at = (i: number) => Uint8Array.from({ length: 80 }, (_, b) => (samples[10 * i + (b >> 3)]! >> (b & 7)) & 1);
  const expected = classifyReference(bright, samples);
  expect(runLutCells(cells, 1500, at)).toEqual(expected);
  const tables = made.netlist.luts.length;
  expect(unchangedTables(mapped.cells, "bright", made.netlist)).toBe(tables);
  const [lut, ...others] = made.netlist.luts;
  const other = { ...lut!, table: lut!.table.map((word, i) => (i === 0 ? word ^ 2 : word)) };
  expect(unchangedTables(mapped.cells, "bright", { ...made.netlist, luts: [other, ...others] })).toBe(tables - 1);
  const turned = { ...lut!, inputs: [...lut!.inputs].reverse() };
  expect(unchangedTables(mapped.cells, "bright", { ...made.netlist, luts: [turned, ...others] })).toBe(tables - 1);
  const last = cells.cells.length - 1;
  const wrong = cells.cells.map((cell, i) => (i === last ? { ...cell, contents: ~cell.contents & 1n } : cell));
  expect(runLutCells({ ...cells, cells: wrong }, 1500, at)).not.toEqual(expected);
}, 300_000);

test("a table of seven inputs is no lookup table of the fabric", async () => {
  const wide = toLutCircuit(randomNetwork({ ...shape, n: 7 }, 1), { name: "digits" });
  await expect(synthesiseLutCircuit(yosys, wide, "xilinx", { keepsTables: true })).rejects.toMatchObject({
    code: "export.primitive",
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
});

test("one changed bit of one table is found, by samples and by proof", async () => {
  const made = toLutCircuit(network, { name: "digits", isPipelined: true });
  const other = structuredClone(network);
  // An entry that some sample reads.
  other.layers[1]!.tables[0]! ^= 0xffff;
  const changed = toLutCircuit(other, { name: "digits", isPipelined: true });
  const netlists = await quickNetlists(yosys, [designOf(changed.circuit!)]);
  const machine = new NetlistMachine(netlists.get("digits")!, 1500);
  const sample_i = Array.from({ length: 1500 }, (_, i) => packed(samples.subarray(10 * i, 10 * i + 10)));
  let got: bigint[] = [];
  for (let cycle = 0; cycle <= changed.circuit!.latency; cycle++) got = machine.step({ sample_i }).class_o!;
  expect(got.map(Number)).toEqual([...classifyReference(other, samples)]);
  expect(got.map(Number)).not.toEqual([...classes]);
  const proof = await proveEqual(yosys, designOf(made.circuit!), designOf(changed.circuit!));
  expect(proof.verdict).toBe("unknown");
  expect(proof.unproven.length).toBeGreaterThan(0);
});
