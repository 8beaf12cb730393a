import { describe, expect, test } from "vitest";
import {
  equationMachines,
  holdings,
  isArithmetic,
  isMemory,
  listMachines,
  loadMachine,
  type Machine,
  machineNames,
  priceOf,
  pricesOf,
  recipeB,
  sramReadPerBit,
  warningsOf,
} from "./index.ts";

const part = (machine: Machine, name: string) => machine.components.find((component) => component.name === name)!;
const energy = (machine: Machine, name: string, verb: string, operand?: string) =>
  priceOf(machine, part(machine, name), verb, operand).energy;

describe.each(machineNames)("%s", (name) => {
  const machine = loadMachine(name);

  test("is called what its file says, and cites every price", () => {
    expect(machine.name).toBe(name);
    for (const price of pricesOf(machine)) {
      expect(price.source.text.length).toBeGreaterThan(40);
      expect(price.energy.lo).toBeLessThanOrEqual(price.energy.mid);
      expect(price.energy.mid).toBeLessThanOrEqual(price.energy.hi);
      expect(price.energy.mid).toBeGreaterThan(0);
      // the line is the one on which the figure stands
      expect(machine.text.split("\n")[price.line - 1]).toContain(price.stated.split(" ")[0]);
    }
  });

  test("reads the same from its own text under another file name", () => {
    const again = loadMachine(machine.text, "mine.yaml");
    expect({ ...again, origin: machine.origin }).toEqual(machine);
    expect(again.origin).toBe("mine.yaml");
  });

  test("has no second home for anything, and warns of nothing", () => {
    for (const held of holdings) {
      expect(machine.components.filter((part) => isMemory(part) && part.holds.includes(held)).length).toBeLessThan(2);
    }
    expect(warningsOf(machine)).toEqual([]);
  });

  test("one component at most is asked for an operation", () => {
    const verbs = machine.components
      .filter(isArithmetic)
      .flatMap(({ prices }) => [...new Set(prices.map(({ verb }) => verb))]);
    expect(new Set(verbs).size).toBe(verbs.length);
  });
});

// EQAT sheet, "Energy / hardware model": 0.2/64 pJ per bit²; 10, 20, 100 pJ per 64 bits; 8 pJ per bit
test.each([
  ["horowitz-45nm-sram8k", 0.15625],
  ["horowitz-45nm-sram32k", 0.3125],
  ["horowitz-45nm-sram1m", 1.5625],
  ["horowitz-45nm-lpddr4", 8],
])("%s reads a bit for %d pJ and multiplies 8-bit numbers for 0.2 pJ", (name, perBit) => {
  const machine = loadMachine(name);
  const memory = machine.components.find(isMemory)!;
  expect(priceOf(machine, memory, "read").energy.mid).toBe(perBit);
  const multiplier = machine.components.find((part) => part.name === "multiplier")!;
  expect(priceOf(machine, multiplier, "multiply", "int8").energy.mid).toBe(0.2);
  const accumulator = machine.components.find((part) => part.name === "accumulator")!;
  expect(priceOf(machine, accumulator, "add", "int32").energy.mid / 32).toBe(0.1 / 32);
  expect(machine.technology).toEqual({ nodeNm: 45, voltage: 0.9 });
});

test("Eyeriss ratios are labelled as such: 200 : 6 : 2 : 1 : 1", () => {
  const machine = loadMachine("eyeriss-ratio");
  expect(machine.unit).toEqual({ kind: "relative", label: "one 16-bit multiply-accumulate" });
  const ratios = Object.fromEntries(
    pricesOf(machine).map((price) => [price.id, price.energy.mid * (price.per === "bit" ? 16 : 1)]),
  );
  expect(ratios).toEqual({
    "multiplier.multiply.int16": 1,
    "registers.read": 1,
    "array.transfer": 2,
    "buffer.read": 6,
    "dram.read": 200,
  });
});

test("the equations of EQAT hold where operands are read once and multiplied at a price quadratic in the widths", () => {
  expect(equationMachines()).toEqual([
    "eyeriss-ratio",
    "horowitz-45nm-lpddr4",
    "horowitz-45nm-sram1m",
    "horowitz-45nm-sram32k",
    "horowitz-45nm-sram8k",
    "interp-16nm",
    "interp-22nm",
    "interp-28nm",
    "jouppi-7nm",
  ]);
});

test("every kind of mapping has a machine, and there are more than fourteen", () => {
  const kinds = new Set(listMachines().map(({ mapping }) => mapping));
  expect([...kinds].sort()).toEqual([
    "crossbar",
    "lookup-fabric",
    "nest",
    "once",
    "row-stationary",
    "spiking",
    "systolic",
    "vector",
  ]);
  expect(machineNames.length).toBeGreaterThanOrEqual(14);
});

describe("figures of the energy sheet", () => {
  test.each([
    ["interp-28nm", 0.153, 0.815, 2.84, 0.0736],
    ["interp-22nm", 0.134, 0.7, 2.48, 0.0629],
    ["interp-16nm", 0.112, 0.573, 2.08, 0.0512],
  ])("%s: recipe A, with B as its lower end", (name, int8, float16, float32, add) => {
    const machine = loadMachine(name);
    const multiply = energy(machine, "multiplier", "multiply", "int8");
    expect(multiply.mid).toBeCloseTo(int8, 3);
    expect(multiply.lo).toBeCloseTo(0.2 * recipeB(45, machine.technology.nodeNm), 12);
    expect(multiply.hi).toBe(multiply.mid);
    expect(energy(machine, "multiplier", "multiply", "float16").mid).toBeCloseTo(float16, 3);
    expect(energy(machine, "multiplier", "multiply", "float32").mid).toBeCloseTo(float32, 2);
    expect(energy(machine, "accumulator", "add", "int32").mid).toBeCloseTo(add, 4);
    for (const price of pricesOf(machine)) expect(price.stated.includes("recipe A")).toBe(price.component !== "dram");
  });

  test("SRAM between Horowitz's sizes is the cubic's", () => {
    const interpolated = priceOf(loadMachine("interp-28nm"), part(loadMachine("interp-28nm"), "sram"), "read");
    expect(interpolated.energy.mid / interpolated.scaled!.factor).toBeCloseTo(sramReadPerBit(256 * 8192), 12);
    expect(energy(loadMachine("mcu-sram"), "sram", "read").mid).toBeCloseTo(sramReadPerBit(512 * 8192), 12);
  });

  test("lpddr4-edge prices its worked example: 0.3 pJ, 2.5 pJ a byte, 64 pJ a byte", () => {
    const machine = loadMachine("lpddr4-edge");
    const mac =
      energy(machine, "multiplier", "multiply", "int8").mid + energy(machine, "accumulator", "add", "int32").mid;
    expect(mac).toBeCloseTo(0.3, 12);
    expect(energy(machine, "sram", "read").mid * 8).toBe(2.5);
    expect(energy(machine, "dram", "read").mid * 8).toBe(64);
    expect(machine.mapping).toMatchObject({ kind: "systolic", rows: 64, cols: 64, dataflow: "weight-stationary" });
  });

  test("eyeriss-65nm: Timeloop's reference run, 59.28 µJ from its counts (check 3)", () => {
    const machine = loadMachine("eyeriss-65nm");
    expect(energy(machine, "dram", "read").mid).toBe(8);
    const macs = 10_838_016;
    const dram = (572_528 * energy(machine, "dram", "read").mid * 8) / macs;
    expect(dram).toBeCloseTo(3.380858, 6);
    const mac = energy(machine, "mac", "mac", "int8").mid;
    expect(mac).toBeCloseTo(0.20769, 5);
    const perMac = mac + 0.38677 + 1.00669 + 0.11237 + 0.37527 + dram;
    expect(perMac).toBeCloseTo(5.46965, 5);
    expect((perMac * macs) / 1e6).toBeCloseTo(59.28, 2);
  });

  test("TPU-like memories: 416.16 pJ per 2048 bits are 0.2032 per bit (check 8)", () => {
    expect(energy(loadMachine("tpu-like"), "sram_2MB", "read").mid).toBeCloseTo(0.2032, 4);
    expect(energy(loadMachine("tpu-v4i-like"), "local", "read").mid).toBe(0.249);
  });

  test("the constants of the spiking comparison", () => {
    const machine = loadMachine("snn-paper-22nm");
    for (const verb of ["add", "compare", "subtract"]) expect(energy(machine, "adder", verb, "int8").mid).toBe(0.05448);
    expect(energy(machine, "mac", "mac", "int8").mid).toBe(0.096);
    expect(energy(machine, "sram", "read")).toEqual({ lo: 0.0388, mid: 0.0388, hi: 0.0394 });
    expect(priceOf(machine, part(machine, "dense-network"), "transfer")).toMatchObject({
      per: "bit",
      energy: { mid: 0.25 },
    });
    expect(priceOf(machine, part(machine, "sparse-network"), "transfer")).toMatchObject({
      per: "event",
      energy: { mid: 3 },
    });
  });
});

test("the listing says what each machine is", () => {
  expect(listMachines().map(({ name }) => name)).toEqual([...machineNames]);
  expect(listMachines().find(({ name }) => name === "eyeriss-ratio")).toMatchObject({
    nodeNm: 65,
    mapping: "once",
    unit: "one 16-bit multiply-accumulate",
  });
});

test("an unknown name lists the known ones", () => {
  expect(() => loadMachine("horowitz")).toThrow(
    expect.objectContaining({ code: "machine.unknown", expected: machineNames.join(", ") }),
  );
  expect(() => loadMachine("toString")).toThrow(expect.objectContaining({ code: "machine.unknown" }));
});

test("a price that is not stated names component, verb and line", () => {
  const machine = loadMachine("horowitz-45nm-sram8k");
  const memory = machine.components.find(isMemory)!;
  expect(() => priceOf(machine, memory, "write")).toThrow(
    expect.objectContaining({
      code: "machine.price",
      where: `femto:horowitz-45nm-sram8k:${memory.line} › component sram`,
      message: "has no price for write",
      got: "sram.read",
    }),
  );
  expect(machine.text.split("\n")[memory.line - 1]).toContain("name: sram");
});
