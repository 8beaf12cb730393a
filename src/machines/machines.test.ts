import { describe, expect, test } from "vitest";
import { isMemory, listMachines, loadMachine, machineNames, priceOf, pricesOf } from "./index.ts";

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

  test("has one place for weights and one for activations", () => {
    for (const held of ["weights", "activations"] as const) {
      expect(machine.components.filter((part) => isMemory(part) && part.holds.includes(held))).toHaveLength(1);
    }
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

test("the listing says what each machine is", () => {
  expect(listMachines().map(({ name }) => name)).toEqual([...machineNames]);
  expect(listMachines()[0]).toMatchObject({
    name: "eyeriss-ratio",
    nodeNm: 65,
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
