/**
 * @file Tries to break the proof: circuits that are not the network must not be proved to be it. Held against all samples
 * there are, where they can be counted through.
 */

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FpgaNode } from "../../circuits/fpga/cells.ts";
import { type Design, designOf, type FpgaNetlist, runFpgaNetlist, Yosys } from "../../circuits/index.ts";
import { type LutNetlist, toNetlist } from "../../engine/bits/netlist.ts";
import { randomNetwork } from "../../engine/bits/random-network.ts";
import { classifyReference } from "../../engine/bits/reference.ts";
import { type LutCircuit, toLutCircuit } from "./lut-network.ts";
import { proveLutCircuit } from "./lut-proof.ts";
import { mapKept } from "./mapped.ts";
import { tenBytes, tenBytesShape } from "./ten-bytes.fixture.ts";

const yosys = new Yosys();
afterAll(() => yosys.close(), 60_000);
const PATIENCE = 600_000;

const map = async ({ circuit, modules }: LutCircuit, change: (design: Design) => Design = (design) => design) =>
  (await mapKept(yosys, change(designOf(circuit!, "xilinx")), "xilinx", Object.values(modules))).netlist;

/** The parts that a proof leaves open, with the reason of the first function of each. */
function open(netlist: FpgaNetlist, network: LutNetlist, latency = 0): [part: string, reason: string][] {
  const { verdict, parts } = proveLutCircuit(netlist, network, latency);
  const failed = parts.flatMap(({ name, failed }) => (failed === undefined ? [] : [[name, failed.reason] as const]));
  expect(verdict).toBe(failed.length === 0 ? "equal" : "unknown");
  return failed.map(([name, reason]) => [name, reason]);
}
const isProved = (netlist: FpgaNetlist, network: LutNetlist) => open(netlist, network).length === 0;

const WRONG = "another function";

/** The mapped netlist with one of its nodes exchanged. */
function withNode(netlist: FpgaNetlist, at: number, change: (node: FpgaNode) => FpgaNode): FpgaNetlist {
  const nodes = netlist.nodes.map((node, i) => (i === at ? change(node) : node));
  return { ...netlist, nodes, driverOf: new Map(nodes.map((node) => [node.output, node])) };
}

const flipped = (node: FpgaNode, entry: number): FpgaNode => ({
  ...node,
  contents: node.contents ^ (1n << BigInt(entry % 2 ** node.inputs.length)),
});
const withPin = (node: FpgaNode, pin: number, bit: FpgaNode["inputs"][number]): FpgaNode => ({
  ...node,
  inputs: node.inputs.map((input, k) => (k === pin % node.inputs.length ? bit : input)),
});
const swapped = (node: FpgaNode, a: number, b: number): FpgaNode =>
  withPin(withPin(node, a, node.inputs[b]!), b, node.inputs[a]!);

describe("two bytes: every sample there is", () => {
  const shape = {
    input: { dtype: "uint8", features: 2 },
    codeBits: 9,
    bitsPerFeature: 5,
    layers: [9, 9],
    n: 4,
    classes: 3,
  } as const;
  const network = randomNetwork(shape, 4);
  const made = toLutCircuit(network, { name: "small" });
  const samples = Uint8Array.from({ length: 2 * 65_536 }, (_, i) => ((i >> 1) >> (8 * (i & 1))) & 255);
  const classes = classifyReference(network, samples);
  const bits = Array.from(classes, (_, i) => Uint8Array.from({ length: 16 }, (_, b) => (i >> b) & 1));
  const isRight = (netlist: FpgaNetlist) => {
    const answers = runFpgaNetlist(netlist, { input: "sample_i", output: "class_o" }, classes.length, (i) => bits[i]!);
    return answers.every((answer, i) => answer === classes[i]);
  };
  let netlist: FpgaNetlist;
  beforeAll(async () => {
    netlist = await map(made);
  }, PATIENCE);

  test("the circuit is right, and proved", () => {
    expect(isRight(netlist)).toBe(true);
    expect(isProved(netlist, made.netlist)).toBe(true);
    expect(made.netlist.luts.length).toBeGreaterThan(8);
  });

  const mutant = fc.record({
    at: fc.nat(),
    pin: fc.nat(63),
    other: fc.nat(),
    kind: fc.constantFrom("entry", "swap", "stuck at 0", "stuck at 1", "rewired"),
  });

  test(
    "an entry, two pins, a pin stuck or wired to another net, in any cell: never proved if one sample gets another class",
    () => {
      let found = 0;
      fc.assert(
        fc.property(mutant, ({ at, pin, other, kind }) => {
          const index = at % netlist.nodes.length;
          // Only nets before it, so that there is no loop.
          const before = [...netlist.bitsOf("sample_i")!, ...netlist.nodes.slice(0, index).map(({ output }) => output)];
          const wrong = withNode(netlist, index, (node) => {
            const n = node.inputs.length;
            if (kind === "entry") return flipped(node, pin);
            if (kind === "swap") return swapped(node, pin % n, other % n);
            if (kind === "rewired") return withPin(node, pin, before[other % before.length]!);
            return withPin(node, pin, kind === "stuck at 0" ? "0" : "1");
          });
          const right = isRight(wrong);
          if (!right) found++;
          if (isProved(wrong, made.netlist)) expect(right).toBe(true);
        }),
        { numRuns: 80 },
      );
      expect(found).toBeGreaterThan(30);
    },
    PATIENCE,
  );

  test("outputs exchanged, or one bit more than classes need", () => {
    const output = netlist.bitsOf("class_o")!;
    const withClass = (bits: typeof output): FpgaNetlist => ({
      ...netlist,
      bitsOf: (name) => (name === "class_o" ? bits : netlist.bitsOf(name)),
    });
    expect(open(withClass([...output].reverse()), made.netlist)).toEqual([["argmax", WRONG]]);
    expect(isProved(withClass([...output, "1"]), made.netlist)).toBe(false);
    expect(isProved(withClass([...output, output[0]!]), made.netlist)).toBe(false);
    expect(isProved(withClass(output.slice(0, 1)), made.netlist)).toBe(false);
  });

  test("without its input port, with another in its place, or with a port that is driven, nothing is proved", () => {
    const named = (from: string, to: string): FpgaNetlist => ({
      ...netlist,
      bitsOf: (name) => (name === from ? undefined : netlist.bitsOf(name === to ? from : name)),
    });
    expect(isProved(named("sample_i", "bytes_i"), made.netlist)).toBe(false);
    // A wire of the name of the core's port is no port: the encoder must be shown all the same.
    const code = netlist.bitsOf("encoder.code_o")!.map((_, b) => netlist.nodes[b]!.output);
    const wrong: FpgaNetlist = {
      ...netlist,
      bitsOf: (name) => (name === "code_i" ? code : netlist.bitsOf(name.replace(/^(tables|count)/, "core.$1"))),
    };
    expect(proveLutCircuit(wrong, made.netlist, 0).parts[0]!.name).toBe("encoder");
    const short: FpgaNetlist = {
      ...netlist,
      bitsOf: (name) => netlist.bitsOf(name)?.slice(0, name === "sample_i" ? 8 : undefined),
    };
    expect(isProved(short, made.netlist)).toBe(false);
  });

  test("nets that are nothing: not proved, and no crash", () => {
    for (const lost of ["core.count1.count_o", "encoder.code_o", "class_o", "sample_i"]) {
      const undefinedBit: FpgaNetlist = {
        ...netlist,
        bitsOf: (name) => netlist.bitsOf(name)?.map((bit, k) => (name === lost && k === 0 ? "x" : bit)),
      };
      expect(isProved(undefinedBit, made.netlist)).toBe(false);
      const missing: FpgaNetlist = { ...netlist, bitsOf: (name) => (name === lost ? undefined : netlist.bitsOf(name)) };
      expect(isProved(missing, made.netlist)).toBe(false);
    }
  });

  test("the encoder at every threshold, those below and above all bytes included", () => {
    for (const threshold of [-1, 0, 1, 126, 127, 128, 200, 254, 255]) {
      const thresholds = made.netlist.bits.map((bit) => ({ ...bit, threshold }));
      const parts = proveLutCircuit(netlist, { ...made.netlist, bits: thresholds }, 0).parts;
      const [encoder] = parts;
      const same = made.netlist.bits.filter((bit) => bit.threshold === threshold).length;
      expect([encoder!.name, encoder!.proved]).toEqual(["encoder", same]);
    }
  });
});

describe("ten bytes", () => {
  const made = toLutCircuit(tenBytes, { name: "digits" });
  let netlist: FpgaNetlist;
  beforeAll(async () => {
    netlist = await map(made);
  }, PATIENCE);
  const tableAt = (index: number) => {
    const [net] = netlist.bitsOf(`core.tables.y${made.netlist.bits.length + 1 + index}`)!;
    return netlist.nodes.findIndex(({ output }) => output === net);
  };

  test("an entry of every table, all entries of one, and every two pins that are not alike: found in the tables", () => {
    expect(isProved(netlist, made.netlist)).toBe(true);
    for (const [index, { inputs }] of made.netlist.luts.entries()) {
      const at = tableAt(index);
      const entries = index === 0 ? Array.from({ length: 2 ** inputs.length }, (_, a) => a) : [(7 * index + 3) % 64];
      for (const entry of entries) {
        expect(
          open(
            withNode(netlist, at, (node) => flipped(node, entry)),
            made.netlist,
          ),
        ).toEqual([["tables", WRONG]]);
      }
      for (let pin = 1; pin < inputs.length; pin++) {
        const isAlike = (address: number) => {
          const { contents } = netlist.nodes[at]!;
          const [low, high] = [address & 1, (address >> pin) & 1];
          const turned = (address & ~(1 | (1 << pin))) | high | (low << pin);
          return ((contents >> BigInt(address)) & 1n) === ((contents >> BigInt(turned)) & 1n);
        };
        if (Array.from({ length: 2 ** inputs.length }, (_, a) => a).every(isAlike)) continue;
        const wrong = withNode(netlist, at, (node) => swapped(node, 0, pin));
        expect(open(wrong, made.netlist)).toEqual([["tables", WRONG]]);
      }
    }
  });

  test("a count that leaves one out, or has one too many: found in the counters", () => {
    made.netlist.groups.forEach((group, k) => {
      const counted = netlist.bitsOf(`core.tables.group${k}_o`)!;
      const stuck = (net: (typeof counted)[number], value: "0" | "1"): FpgaNetlist => {
        const counts = new Set(netlist.nodes.filter(({ inputs }) => inputs.includes(net)).map(({ output }) => output));
        const tables = new Set(made.netlist.luts.map((_, index) => netlist.nodes[tableAt(index)]!.output));
        const nodes = netlist.nodes.map((node) =>
          counts.has(node.output) && !tables.has(node.output)
            ? { ...node, inputs: node.inputs.map((input) => (input === net ? value : input)) }
            : node,
        );
        return { ...netlist, nodes, driverOf: new Map(nodes.map((node) => [node.output, node])) };
      };
      const net = counted[k % group.length]!;
      for (const value of ["0", "1"] as const) {
        expect(open(stuck(net, value), made.netlist)).toContainEqual(["counters", WRONG]);
      }
    });
  });

  test(
    "the text of the circuit: ties to the higher class, a contest the wrong way round, a class in place of another, a threshold",
    async () => {
      const mutants = [
        ["argmax", / > /, " >= ", "argmax"],
        ["argmax", / > /, " < ", "argmax"],
        // The tables of the class that is left out go, too.
        ["core", /count1_count, count0_count/, "count0_count, count0_count", "tables"],
        ["encoder", / \| /, " & ", "encoder"],
      ] as const;
      for (const [module, from, to, part] of mutants) {
        const wrong = await map(made, ({ top, sources }) => ({
          top,
          sources: sources.map((source) =>
            source.file === `digits_${module}.v` ? { ...source, text: replaced(source.text, from, to) } : source,
          ),
        }));
        expect(open(wrong, made.netlist)).toContainEqual([part, WRONG]);
      }
    },
    PATIENCE,
  );

  function replaced(text: string, from: RegExp, to: string): string {
    expect(text).toMatch(from);
    return text.replace(from, to);
  }

  test("another network: a threshold, a table, its wires, wires of two classes; each named", () => {
    const { bits: code, luts, groups } = made.netlist;
    const [[a, ...restA], [b, ...restB], c] = groups as [number[], number[], number[]];
    const withTable = (change: (lut: LutNetlist["luts"][number]) => LutNetlist["luts"][number]) =>
      luts.map((one, i) => (i === 5 ? change(one) : one));
    const others: [string, Partial<LutNetlist>][] = [
      ["encoder", { bits: code.map((one, i) => (i === 3 ? { ...one, threshold: one.threshold ^ 1 } : one)) }],
      ["tables", { luts: withTable((one) => ({ ...one, table: one.table.map((word) => word ^ 1) })) }],
      ["tables", { luts: withTable((one) => ({ ...one, inputs: [...one.inputs].reverse() })) }],
      ["counters", { groups: [[b!, ...restA], [a!, ...restB], c] }],
      ["counters", { groups: [[a! ^ 1, ...restA], [b!, ...restB], c] }],
    ];
    for (const [part, other] of others) {
      expect(open(netlist, { ...made.netlist, ...other })).toEqual([[part, WRONG]]);
    }
    expect(isProved(netlist, toNetlist(randomNetwork(tenBytesShape, 2)))).toBe(false);
    expect(open(netlist, made.netlist, 1).map(([part]) => part)).toEqual(["argmax"]);
  });
});
