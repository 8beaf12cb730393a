import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { behind, isMemory, loadMachine, priceOf, warningsOf } from "./index.ts";

/** A machine with something of everything. */
const rich = `schema: femto-machine/1
name: rich
title: A machine with something of everything
energy: pJ
technology: { node_nm: 28, voltage: 0.9 }
clock_mhz: 200
mapping: { kind: systolic, rows: 16, cols: 8, dataflow: weight-stationary }
sources:
  measured: "Our own measurement, test chip 3, March"
components:
  - name: mac
    class: arithmetic
    mac_scaling: none
    zero_gating: true
    count: 128
    static: { leakage_mw: 0.002, range: { low: 0.001, high: 0.004, source: measured }, source: measured }
    area_mm2: { value: 0.0004, source: measured }
    prices:
      - verb: mac
        operand: int4
        unit: fJ
        source: measured
        table: { weights: [9, 8, 7, 6, 5, 4, 3, 2, 0, 2, 3, 4, 5, 6, 7, 8], netlist: sha256-abcdef, stimulus: uniform inputs }
      - { verb: issue, value: 1.5, unit: pJ, source: measured }
  - name: buffer
    class: sram
    size: 64 KB
    holds: [weights, activations, partial sums]
    bandwidth_bits: { read: 128, write: 64 }
    granule_bits: 32
    packing: { weights: 8, partial sums: 32 }
    prices:
      - { verb: read, value: 0.1, unit: pJ/bit, source: measured }
      - { verb: write, value: 0.12, unit: pJ/bit, source: measured }
  - name: code
    class: flash
    size: 1 MB
    backs: buffer
    static: { idle_mw: 1.1, source: measured, note: data sheet value at 25 °C }
    prices: []
  - name: memory
    class: dram
    type: lpddr4
    backs: [buffer, code]
    bandwidth_bits: 64
    prices:
      - { verb: read, value: 8, unit: pJ/bit, source: measured }
  - name: mesh
    class: network
    prices:
      - { verb: transfer, value: 3, unit: pJ, per: event, bits: 20, source: measured }
      - { verb: broadcast, value: 0.2, unit: pJ/bit, source: measured }
  - { name: adc, class: converter, kind: adc, bits: 8, prices: [{ verb: convert, value: 1.67, unit: pJ, source: measured }] }
  - { name: lut, class: lookup, inputs: 6, prices: [{ verb: read, value: 20, unit: fJ, source: measured }] }
  - name: cells
    class: cell
    bits: 2
    prices:
      - { verb: read, value: 30, unit: fJ, source: measured }
      - { verb: program, value: 10, unit: pJ, source: measured }
`;

test("everything that a file may say arrives", () => {
  const machine = loadMachine(rich, "rich.yaml");
  expect(machine.clockMhz).toBe(200);
  expect(machine.mapping).toEqual({
    kind: "systolic",
    rows: 16,
    cols: 8,
    dataflow: "weight-stationary",
    doubleBuffer: true,
    accumulatorBits: undefined,
  });
  const part = (name: string) => machine.components.find((component) => component.name === name)!;
  expect(part("mac")).toMatchObject({
    zeroGating: true,
    count: 128,
    staticPower: { leakageMw: { lo: 0.001, mid: 0.002, hi: 0.004 }, idleMw: undefined, line: 16 },
    area: { mm2: 0.0004 },
  });
  const multiply = priceOf(machine, part("mac"), "mac", "int4");
  expect(multiply.energy).toEqual({ lo: 0, mid: expect.closeTo(79e-3 / 16, 15), hi: expect.closeTo(9e-3, 15) });
  expect(multiply.table).toMatchObject({ netlist: "sha256-abcdef", stimulus: "uniform inputs" });
  expect(multiply.table!.weights[0]).toBeCloseTo(0.009, 15);
  expect(multiply.stated).toBe("table of 16 weight values in fJ (netlist sha256-abcdef; uniform inputs)");
  expect(priceOf(machine, part("mac"), "issue").per).toBe("operation");
  expect(part("buffer")).toMatchObject({
    holds: ["weights", "activations", "partial sums"],
    bandwidthBits: { read: 128, write: 64 },
    granuleBits: 32,
    packing: { weights: 8, "partial sums": 32 },
    count: 1,
    staticPower: undefined,
  });
  expect(part("code").staticPower).toMatchObject({ leakageMw: undefined, idleMw: { mid: 1.1 } });
  expect(part("memory")).toMatchObject({ bandwidthBits: { read: 64, write: 64 }, backs: ["buffer", "code"] });
  const buffer = machine.components.filter(isMemory)[0]!;
  expect(behind(machine, buffer).map(({ name }) => name)).toEqual(["code", "memory"]);
  expect(priceOf(machine, part("mesh"), "transfer")).toMatchObject({
    per: "event",
    accessBits: 20,
    energy: { mid: 3 },
    stated: "3 pJ per event of 20 bits",
  });
  expect(priceOf(machine, part("mesh"), "broadcast")).toMatchObject({ per: "bit", energy: { mid: 0.2 } });
  expect(part("adc")).toMatchObject({ class: "converter", direction: "adc", bits: 8 });
  expect(priceOf(machine, part("lut"), "read")).toMatchObject({ per: "operation", energy: { mid: 0.02 } });
  expect(part("cells")).toMatchObject({ class: "cell", bits: 2 });
  expect(warningsOf(machine)).toEqual([]);
});

test("writing to a memory without a write price is a missing price, not nothing", () => {
  const machine = loadMachine(rich);
  const dram = machine.components.find(({ name }) => name === "memory")!;
  expect(() => priceOf(machine, dram, "write")).toThrow(
    expect.objectContaining({ code: "machine.price", message: "has no price for write" }),
  );
});

test("a read that costs nothing is a warning with its line", () => {
  const free = loadMachine(rich.replace("value: 8, unit: pJ/bit", "value: 0, unit: pJ/bit"), "free.yaml");
  expect(warningsOf(free)).toEqual([expect.stringMatching(/^free\.yaml:47: memory\.read is priced at zero/)]);
});

test.each<[string, string]>([
  ["{ kind: once }", "once"],
  ["{ kind: row-stationary, rows: 12, cols: 14, accumulator_bits: 16 }", "row-stationary"],
  ["{ kind: vector, lanes: 4, cycles_per_mac: { 8: 1, 16: 2.5 } }", "vector"],
  ["{ kind: spiking, hops: 1.5, cores: 128, time_steps: 8, membrane_bits: 16 }", "spiking"],
  ["{ kind: lookup-fabric, inputs: 6 }", "lookup-fabric"],
  ["{ kind: crossbar, rows: 128, cols: 128, cell_bits: 2, dac_bits: 1, adc_bits: 8 }", "crossbar"],
])("mapping %s", (text, kind) => {
  const { mapping } = loadMachine(rich.replace(/mapping: .*/, `mapping: ${text}`));
  expect(mapping.kind).toBe(kind);
  if (mapping.kind === "vector") expect(mapping.cyclesPerMac).toEqual({ 8: 1, 16: 2.5 });
});

const nest = `mapping:
  kind: nest
  array: { unit: mac, dimensions: [D1, D2], sizes: [32, 4] }
  memories:
    - component: buffer
      size_bits: 524288
      operands: [I1, O]
      served_dimensions: [D1]
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["I1, tl", "O, th"] }
  spatial:
    - { operator: default, unroll: { D1: ["K, 32"], D2: ["OX, 2", "OY, 2"] }, temporal_ordering: ["OX, 112", "K, *"], links: { W: I2, I: I1, O: O } }`;

test("mapping nest: loops, ports and links", () => {
  const { mapping } = loadMachine(rich.replace(/mapping: .*/, nest));
  expect(mapping).toEqual({
    kind: "nest",
    array: {
      unit: "mac",
      dimensions: [
        { name: "D1", size: 32 },
        { name: "D2", size: 4 },
      ],
      inputPrecision: undefined,
      unitArea: undefined,
    },
    memories: [
      {
        component: "buffer",
        sizeBits: 524288,
        operands: ["I1", "O"],
        ports: [
          {
            name: "r_port_1",
            type: "read",
            bandwidthMin: 64,
            bandwidthMax: 2048,
            allocation: [
              { operand: "I1", direction: "tl" },
              { operand: "O", direction: "th" },
            ],
          },
        ],
        servedDimensions: ["D1"],
        latencyCycles: 1,
        doubleBuffer: false,
        readGranuleBits: undefined,
        writeGranuleBits: undefined,
        area: undefined,
      },
    ],
    spatial: [
      {
        operator: "default",
        unroll: {
          D1: [{ loop: "K", size: 32 }],
          D2: [
            { loop: "OX", size: 2 },
            { loop: "OY", size: 2 },
          ],
        },
        temporalOrdering: [
          { loop: "OX", size: 112 },
          { loop: "K", size: "*" },
        ],
        links: { W: "I2", I: "I1", O: "O" },
      },
    ],
  });
});

const systolic = "mapping: { kind: systolic, rows: 16, cols: 8, dataflow: weight-stationary }";

const lineOf = (text: string, part: string) => text.split("\n").findIndex((line) => line.includes(part)) + 1;

describe("one clear message with its line", () => {
  test.each<[string, string, string, string, object]>([
    ["an array of no rows", rich.replace("rows: 16", "rows: 0"), "machine.schema", "rows: 0", { got: "0" }],
    ["half a column", rich.replace("cols: 8", "cols: 7.5"), "machine.schema", "mapping:", { got: "7.5" }],
    [
      "a dataflow that does not exist",
      rich.replace("weight-stationary", "no-stationary"),
      "machine.schema",
      "mapping:",
      { got: '"no-stationary"' },
    ],
    [
      "a kind of mapping that does not exist",
      rich.replace("kind: systolic", "kind: magic"),
      "machine.schema",
      "mapping:",
      {},
    ],
    [
      "a key of another mapping",
      rich.replace("rows: 16", "rows: 16, lanes: 4"),
      "machine.schema",
      "mapping:",
      { message: "unknown key lanes" },
    ],
    ["a clock that stands still", rich.replace("clock_mhz: 200", "clock_mhz: 0"), "machine.schema", "clock_mhz", {}],
    ["static power without source", rich.replace("1.1, source: measured,", "1.1,"), "machine.schema", "idle_mw", {}],
    [
      "static power of nothing",
      rich.replace("static: { idle_mw: 1.1, ", "static: { "),
      "machine.schema",
      "note: data sheet",
      { message: "leakage_mw is missing" },
    ],
    ["an area without source", rich.replace("0.0004, source: measured", "0.0004"), "machine.schema", "area_mm2", {}],
    ["no instances", rich.replace("count: 128", "count: 0"), "machine.schema", "count: ", { got: "0" }],
    [
      "a memory behind one that does not exist",
      rich.replace("backs: buffer", "backs: attic"),
      "machine.hierarchy",
      "name: code",
      { message: "there is no memory called attic" },
    ],
    [
      "memories behind each other",
      rich.replace("granule_bits: 32", "backs: memory"),
      "machine.hierarchy",
      "name: memory",
      { got: "buffer → memory → buffer" },
    ],
    [
      "a table and a value",
      rich.replace("unit: fJ\n", "value: 5\n        unit: fJ\n"),
      "machine.schema",
      "table: {",
      { expected: "either a value or a table, whose mean is the value" },
    ],
    ["a table of seven", rich.replace("weights: [9, ", "weights: ["), "machine.schema", "weights: [", {}],
    [
      "neither value nor table",
      rich.replace("value: 0.1, ", ""),
      "machine.schema",
      "unit: pJ/bit, source",
      { message: "value is missing" },
    ],
    [
      "an event per bit",
      rich.replace("value: 3, unit: pJ, per", "value: 3, unit: pJ/bit, per"),
      "machine.price",
      "verb: transfer",
      { got: "pJ/bit" },
    ],
    [
      "an event outside of a network",
      rich.replace("value: 8, unit: pJ/bit", "value: 8, unit: pJ, per: event"),
      "machine.price",
      "value: 8,",
      {},
    ],
    [
      "a conversion per bit",
      rich.replace("value: 1.67, unit: pJ", "value: 1.67, unit: pJ/bit"),
      "machine.price",
      "name: adc",
      { message: "a converter is priced per operation" },
    ],
    [
      "a nest over a component that does not exist",
      rich.replace(systolic, nest.replace("component: buffer", "component: attic")),
      "machine.mapping",
      "component: attic",
      { got: "attic" },
    ],
    [
      "a nest served along a dimension that does not exist",
      rich.replace(systolic, nest.replace("served_dimensions: [D1]", "served_dimensions: [D7]")),
      "machine.mapping",
      "served_dimensions",
      { got: "D7", expected: "D1, D2" },
    ],
    [
      "as many sizes as dimensions",
      rich.replace(systolic, nest.replace("sizes: [32, 4]", "sizes: [32]")),
      "machine.schema",
      "sizes: [32]",
      { expected: "one size for each dimension" },
    ],
    [
      "a port without direction",
      rich.replace(systolic, nest.replace('"O, th"', "O")),
      "machine.schema",
      "r_port_1",
      { expected: "an operand and a direction, such as I1, tl" },
    ],
  ])("%s", (_, text, code, place, fields) => {
    let error: unknown;
    try {
      loadMachine(text, "x.yaml");
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code, ...fields });
    expect((error as FemtoError).where).toMatch(new RegExp(`^x\\.yaml:${lineOf(text, place)}( |$)`));
  });
});

test.each([
  ["a machine with something of everything", rich],
  ["one with a nest", rich.replace(systolic, nest)],
  ["a spiking one", rich.replace(systolic, "mapping: { kind: spiking, hops: 1.5, cores: 8, time_steps: 8 }")],
])("any mutilation of %s is a FemtoError or a machine", (_, good) => {
  const insert = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("-1", "0", "1e99", ": ", "\n", "[", "~", "__proto__", "toString"),
  );
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(12), insert, (at, length, more) => {
      try {
        warningsOf(loadMachine(good.slice(0, at) + more + good.slice(at + length)));
      } catch (error) {
        expect(error).toBeInstanceOf(FemtoError);
      }
    }),
    { numRuns: 300 },
  );
});
