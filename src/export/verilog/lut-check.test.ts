import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  checkCircuit,
  designOf,
  type FpgaNetlist,
  NetlistMachine,
  quickNetlists,
  runFpgaNetlist,
  Yosys,
} from "../../circuits/index.ts";
import type { LutNetlist } from "../../engine/bits/netlist.ts";
import { randomNetwork, randomSamples } from "../../engine/bits/random-network.ts";
import { classifyReference } from "../../engine/bits/reference.ts";
import { packed, synthesiseLutCircuit } from "./lut-check.ts";
import { type LutCircuit, toLutCircuit } from "./lut-network.ts";
import { proveLutCircuit } from "./lut-proof.ts";
import { mapToFpga } from "./mapped.ts";

const yosys = new Yosys();
afterAll(() => yosys.close(), 60_000);
const PATIENCE = 600_000;

const shape = {
  input: { dtype: "uint8", features: 10 },
  codeBits: 20,
  bitsPerFeature: 3,
  layers: [20, 24],
  n: 6,
  classes: 3,
} as const;
const network = randomNetwork(shape, 1);
const COUNT = 1500;
const samples = randomSamples(network.input, COUNT, 2) as Uint8Array;
const classes = classifyReference(network, samples);
const bits = (i: number) => Uint8Array.from({ length: 80 }, (_, b) => (samples[10 * i + (b >> 3)]! >> (b & 7)) & 1);
const run = (netlist: FpgaNetlist) => runFpgaNetlist(netlist, { input: "sample_i", output: "class_o" }, COUNT, bits);

const mapKept = async ({ circuit }: LutCircuit, fabric: "xilinx" | "ice40") =>
  (await mapToFpga(yosys, designOf(circuit!, fabric), fabric, true)).netlist;

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
    const result = await synthesiseLutCircuit(yosys, made, fabric, { test: { samples, classes }, keepsTables: true });
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
    const { counterTables } = made.core.facts as { counterTables: number };
    if (fabric === "xilinx") {
      // What is kept is what it was; the rest compares three numbers.
      expect(core.lut).toBeGreaterThan(luts.length + counterTables);
      expect(core.lut).toBeLessThan(luts.length + counterTables + 30);
    }
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

/** The mapped netlist with one table of the fabric exchanged. */
function mutated(netlist: FpgaNetlist, at: number, change: (node: Node) => Node): FpgaNetlist {
  const nodes = netlist.nodes.map((node, i) => (i === at ? change(node) : node));
  return { ...netlist, nodes, driverOf: new Map(nodes.map((node) => [node.output, node])) };
}
type Node = FpgaNetlist["nodes"][number];

test(
  "one wrong entry, or two pins exchanged, in any cell: what is still proved is still right on every sample, and little is",
  async () => {
    const made = toLutCircuit(network, { name: "digits" });
    const netlist = await mapKept(made, "xilinx");
    const isProved = (of: FpgaNetlist) => proveLutCircuit(of, made.netlist, 0).verdict === "equal";
    expect(isProved(netlist)).toBe(true);
    const mutants = fc.record({
      at: fc.nat(netlist.nodes.length - 1),
      entry: fc.nat(63),
      turns: fc.boolean(),
    });
    let proved = 0;
    fc.assert(
      fc.property(mutants, ({ at, entry, turns }) => {
        const wrong = mutated(netlist, at, (node) =>
          turns
            ? { ...node, inputs: [...node.inputs].reverse() }
            : { ...node, contents: node.contents ^ (1n << BigInt(entry % 2 ** node.inputs.length)) },
        );
        if (!isProved(wrong)) return;
        proved++;
        expect(run(wrong)).toEqual(classes);
      }),
      { numRuns: 150 },
    );
    // Counters are the same whichever way their pins are turned, and have sums that never occur.
    expect(proved).toBeLessThan(40);
    const [table] = made.netlist.luts.keys();
    const first = netlist.bitsOf(`core.tables.y${made.netlist.bits.length + 1 + table!}`)![0];
    const at = netlist.nodes.findIndex(({ output }) => output === first);
    for (let entry = 0; entry < 64; entry++) {
      expect(
        isProved(mutated(netlist, at, (node) => ({ ...node, contents: node.contents ^ (1n << BigInt(entry)) }))),
      ).toBe(false);
    }
  },
  PATIENCE,
);

test(
  "another network: a threshold, a table, wires of two classes exchanged, another order of classes; each named, with values",
  async () => {
    const made = toLutCircuit(network, { name: "digits" });
    const netlist = await mapKept(made, "xilinx");
    const { bits: code, luts, groups } = made.netlist;
    const [[a, ...restA], [b, ...restB], c] = groups as [number[], number[], number[]];
    const others: [string, LutNetlist][] = [
      [
        "encoder",
        { ...made.netlist, bits: code.map((one, i) => (i === 3 ? { ...one, threshold: one.threshold ^ 1 } : one)) },
      ],
      [
        "tables",
        {
          ...made.netlist,
          luts: luts.map((one, i) => (i === 5 ? { ...one, table: one.table.map((word) => word ^ 1) } : one)),
        },
      ],
      [
        "tables",
        {
          ...made.netlist,
          luts: luts.map((one, i) => (i === 5 ? { ...one, inputs: [...one.inputs].reverse() } : one)),
        },
      ],
      ["counters", { ...made.netlist, groups: [[b!, ...restA], [a!, ...restB], c] }],
      ["counters", { ...made.netlist, groups: [[a! ^ 1, ...restA], [b!, ...restB], c] }],
    ];
    for (const [name, other] of others) {
      const { verdict, parts } = proveLutCircuit(netlist, other, 0);
      expect(verdict).toBe("unknown");
      const open = parts.filter(({ failed }) => failed !== undefined);
      expect(open.map((part) => part.name)).toEqual([name]);
      expect(open[0]!.failed!.reason).toBe("another function");
    }
    // Ties go to the lowest class: a circuit that gives them to the highest is none.
    const classBits = netlist.bitsOf("class_o")!;
    const swapped: FpgaNetlist = {
      ...netlist,
      bitsOf: (name) =>
        name === "class_o" ? [...classBits].reverse() : netlist.bitsOf(name.replace("count0.", "count1.")),
    };
    expect(proveLutCircuit(swapped, made.netlist, 0).verdict).toBe("unknown");
    const wider: FpgaNetlist = {
      ...netlist,
      bitsOf: (name) => (name === "class_o" ? [...classBits, classBits[0]!] : netlist.bitsOf(name)),
    };
    expect(proveLutCircuit(wider, made.netlist, 0).verdict).toBe("unknown");
    expect(proveLutCircuit(netlist, made.netlist, 1).verdict).toBe("unknown");
  },
  PATIENCE,
);

test("a table of seven inputs is no lookup table of the fabric", async () => {
  const wide = toLutCircuit(randomNetwork({ ...shape, n: 7 }, 1), { name: "digits" });
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
