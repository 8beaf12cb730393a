import { describe, expect, test } from "vitest";
import { isMemory, loadMachine, priceOf } from "../index.ts";
import { importScaleSim } from "./scale-sim.ts";

const cfg = `[general]
run_name = my run 32x32

[architecture_presets]
ArrayHeight:    32
ArrayWidth:     16
IfmapSramSzkB:   64
FilterSramSzkB:  128
OfmapSramSzkB:   32
IfmapOffset:    0
Bandwidth : 10
Dataflow : os
MemoryBanks:   1
Colour: red

[run_presets]
InterfaceBandwidth: USER
`;

test("array, buffers, dataflow and bandwidth; prices of another machine with their citations", () => {
  const prices = loadMachine("lpddr4-edge");
  const { text, missing, remarks } = importScaleSim(cfg, { prices, origin: "my.cfg" });
  const machine = loadMachine(text, "my.yaml");
  expect(machine).toMatchObject({
    name: "my-run-32x32",
    technology: { nodeNm: 45 },
    mapping: { kind: "systolic", rows: 32, cols: 16, dataflow: "output-stationary", doubleBuffer: true },
  });
  const memories = machine.components.filter(isMemory);
  expect(memories.map(({ name, sizeBytes, holds }) => [name, sizeBytes, holds])).toEqual([
    ["ifmap", 65536, ["activations"]],
    ["filter", 131072, ["weights"]],
    ["ofmap", 32768, ["partial sums"]],
    ["dram", undefined, []],
  ]);
  expect(memories[3]).toMatchObject({
    dram: "lpddr4",
    bandwidthBits: { read: 80 },
    backs: ["ifmap", "filter", "ofmap"],
  });
  const of = (name: string, list = machine) => list.components.find((component) => component.name === name)!;
  for (const [own, theirs, verb, operand] of [
    ["multiplier", "multiplier", "multiply", "int8"],
    ["accumulator", "accumulator", "add", "int32"],
    ["ifmap", "sram", "read", undefined],
    ["dram", "dram", "write", undefined],
  ] as const) {
    const [copy, original] = [
      priceOf(machine, of(own), verb, operand),
      priceOf(prices, of(theirs, prices), verb, operand),
    ];
    expect(copy.energy).toEqual(original.energy);
    expect(copy.source.text).toBe(original.source.text);
    expect(copy.rangeSource?.text).toBe(original.rangeSource?.text);
    expect([copy.nodeNm, copy.voltage]).toEqual([original.nodeNm, original.voltage]);
  }
  expect(missing).toEqual([]);
  expect(remarks).toEqual([
    {
      line: 7,
      key: "IfmapSramSzkB",
      remark: "buffers of 64 KB, 128 KB, 32 KB are priced as the 256 KB of lpddr4-edge",
    },
    { line: 10, key: "IfmapOffset", remark: "not translated" },
    { line: 13, key: "MemoryBanks", remark: "not translated" },
    { line: 14, key: "Colour", remark: "unknown key" },
  ]);
});

test("without prices everything is missing and the machine loads", () => {
  const { text, missing } = importScaleSim(cfg, { nodeNm: 28 });
  expect(missing).toEqual([
    "mac.mac",
    "ifmap.read",
    "ifmap.write",
    "filter.read",
    "filter.write",
    "ofmap.read",
    "ofmap.write",
    "dram.read",
    "dram.write",
  ]);
  expect(loadMachine(text).components.flatMap(({ prices }) => prices)).toEqual([]);
});

test("a calculated bandwidth is none, and elements have the width that is asked for", () => {
  const calculated = importScaleSim(cfg.replace("USER", "CALC"), { nodeNm: 28 });
  const dram = (text: string) => loadMachine(text).components.filter(isMemory).at(-1)!;
  expect(dram(calculated.text).bandwidthBits).toBeUndefined();
  expect(calculated.remarks.map(({ key }) => key)).toContain("InterfaceBandwidth");
  expect(dram(importScaleSim(cfg, { nodeNm: 28, wordBits: 16 }).text).bandwidthBits).toEqual({ read: 160, write: 160 });
});

test("ratios stay ratios", () => {
  const { text } = importScaleSim(cfg, { prices: loadMachine("eyeriss-ratio") });
  expect(loadMachine(text).unit).toEqual({ kind: "relative", label: "one 16-bit multiply-accumulate" });
});

describe("one message with its line", () => {
  test.each<[string, string, object]>([
    [
      "an array of no rows",
      cfg.replace("32\nArrayWidth", "0\nArrayWidth"),
      { where: "scale.cfg:5 › ArrayHeight", got: "0" },
    ],
    ["no array", cfg.replace("ArrayHeight:    32\n", ""), { message: "ArrayHeight is missing" }],
    ["a dataflow of one's own", cfg.replace(": os", ": xs"), { where: "scale.cfg:12 › Dataflow", got: "xs" }],
    ["a bandwidth that is no number", cfg.replace("Bandwidth : 10", "Bandwidth : lots"), { got: "lots" }],
    ["a line that says nothing", `${cfg}nonsense\n`, { where: "scale.cfg:18", got: "nonsense" }],
  ])("%s", (_, text, fields) => {
    expect(() => importScaleSim(text, { nodeNm: 28 })).toThrow(
      expect.objectContaining({ code: "import.scale-sim", ...fields }),
    );
  });

  test("neither prices nor node", () => {
    expect(() => importScaleSim(cfg)).toThrow(
      expect.objectContaining({ code: "import.scale-sim", expected: expect.stringContaining("--prices") }),
    );
  });
});
