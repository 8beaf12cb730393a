/** Constants of the comparison out of machine files: the paper's own, others, and what a machine does not state. */

import { describe, expect, test } from "vitest";
import { loadMachine, machineNames } from "../../machines/index.ts";
import {
  compareTwin,
  hasNetwork,
  memoryMovement,
  pointOf,
  spikingPriceNames,
  spikingPrices,
  type TwinOptions,
  withMovement,
} from "./index.ts";
import { paper, paperPrices } from "./paper.fixture.ts";

const widths = { weightBits: 4, activationBits: 3 };
const point: TwinOptions = { steps: 5, spikeRate: 0.05, weightBits: 4 };
const fromPaper = spikingPrices(loadMachine("snn-paper-22nm"), widths);

test("snn-paper-22nm holds the paper's constants, each with unit and source", () => {
  expect(pointOf(fromPaper)).toEqual(paper);
  for (const name of spikingPriceNames) {
    expect(fromPaper.prices[name].unit).toBe(paperPrices.prices[name].unit);
    expect(fromPaper.prices[name].energy.mid).toBe(paperPrices.prices[name].energy.mid);
    expect(fromPaper.prices[name].source).toMatch(/^snn-paper-22nm › .+: .+2409\.08290/);
  }
  expect(fromPaper.prices.weightBit.energy).toEqual({ lo: 0.0388, mid: 0.0388, hi: 0.0394 });
  expect(pointOf(withMovement(fromPaper, "worst-case"))).toEqual(pointOf(withMovement(paperPrices, "worst-case")));
  expect(compareTwin(point, pointOf(fromPaper)).ratio).toBeCloseTo(0.8716, 4);
});

/** A machine that multiplies and adds, with one mesh that is priced both ways. */
const mesh = loadMachine(`schema: femto-machine/1
name: mesh
title: A mesh of cores
energy: pJ
technology: { node_nm: 28 }
sources:
  table: "a table of prices that was made up for a test"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices:
      - { verb: multiply, operand: int8, value: 0.64, unit: pJ, source: table }
  - name: adder
    class: arithmetic
    mac_scaling: none
    prices:
      - { verb: add, operand: int32, value: 0.1, unit: pJ, source: table, range: { low: 0.05, high: 0.2, source: table } }
  - name: buffer
    class: sram
    holds: [weights, activations]
    prices:
      - { verb: read, value: 6.4, unit: pJ, bits: 64, source: table }
      - { verb: write, value: 0.3, unit: pJ/bit, source: table }
  - name: links
    class: network
    prices:
      - { verb: transfer, value: 0.2, unit: pJ/bit, source: table }
  - name: packets
    class: network
    prices:
      - { verb: transfer, value: 2, unit: pJ, per: event, bits: 24, source: table }
`);

describe("any machine that states what is asked for", () => {
  test("a multiplication on the widths, an addition for what has no verb of its own", () => {
    const prices = spikingPrices(mesh, widths);
    expect(pointOf(prices)).toEqual({
      accumulate: 0.1,
      multiplyAccumulate: expect.closeTo((0.64 * 4 * 3) / 64 + 0.1, 12),
      compare: 0.1,
      subtract: 0.1,
      weightBit: expect.closeTo(0.1, 12),
      stateBit: expect.closeTo(0.2, 12),
      denseBit: 0.2,
      sparseEvent: 2,
    });
    expect(prices.prices.multiplyAccumulate.energy.hi).toBeCloseTo((0.64 * 4 * 3) / 64 + 0.2, 12);
    // the three that are one price vary as one
    expect(new Set(["accumulate", "compare", "subtract"].map((name) => prices.prices[name as "compare"].id)).size).toBe(
      1,
    );
  });

  test("wider operands cost more where the machine scales them", () => {
    const wide = spikingPrices(mesh, { weightBits: 8, activationBits: 8 });
    expect(wide.prices.multiplyAccumulate.energy.mid).toBeCloseTo(0.74, 12);
  });

  test("a constant that is stated beside the machine replaces its own", () => {
    const stated = { energy: { lo: 1, mid: 1, hi: 1 }, unit: "pJ/event/hop", source: "an assumption" };
    expect(spikingPrices(mesh, widths, { sparseEvent: stated }).prices.sparseEvent).toBe(stated);
    expect(() => spikingPrices(mesh, widths, { sparseEvent: { ...stated, unit: "pJ" } })).toThrow(
      expect.objectContaining({ code: "energy.prices", where: "mesh › sparseEvent" }),
    );
  });
});

describe("what a machine does not state is an error, not a zero", () => {
  const without = (part: string) => () => spikingPrices(loadMachine(mesh.text.replace(part, "")), widths);
  const refusal = (code: string, text: string) =>
    expect.objectContaining({ code, message: expect.stringContaining(text) });

  test("each price in turn", () => {
    const line = (start: string) => mesh.text.split("\n").find((text) => text.includes(start))!;
    expect(without("      - { verb: write, value: 0.3, unit: pJ/bit, source: table }\n")).toThrow(
      refusal("machine.price", "write per bit"),
    );
    expect(without(mesh.text.slice(mesh.text.indexOf("  - name: packets")))).toThrow(
      refusal("machine.price", "transfer per event"),
    );
    expect(without(mesh.text.slice(mesh.text.indexOf("  - name: links")))).toThrow(
      refusal("machine.price", "the machine has no network"),
    );
    expect(without(`${line("holds: [weights")}\n`)).toThrow(refusal("machine.placement", "no memory holds weights"));
    expect(() => spikingPrices(loadMachine(mesh.text.replace("verb: add", "verb: halve")), widths)).toThrow(
      refusal("machine.price", "no component has a price for add"),
    );
  });

  test("two networks with the same kind of price leave the choice to nobody", () => {
    const twice = mesh.text.replace("value: 2, unit: pJ, per: event, bits: 24", "value: 1, unit: pJ/bit");
    expect(() => spikingPrices(loadMachine(twice), widths)).toThrow(refusal("machine.price", "more than one network"));
  });

  test.each(machineNames)("%s gives constants or one clear error", (name) => {
    try {
      const prices = spikingPrices(loadMachine(name), widths);
      expect(Object.values(pointOf(prices)).every((price) => price >= 0)).toBe(true);
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^(machine|energy)\./), where: expect.any(String) });
    }
  });

  test("no worst place without a DRAM", () => {
    expect(() => withMovement(spikingPrices(mesh, widths), "worst-case")).toThrow(
      expect.objectContaining({ code: "energy.preset" }),
    );
  });
});

describe("a machine without a network", () => {
  const bare = loadMachine(mesh.text.slice(0, mesh.text.indexOf("  - name: links")));

  test("moves activations through the memory that holds them, where that is asked for", () => {
    expect(hasNetwork(mesh)).toBe(true);
    expect(hasNetwork(bare)).toBe(false);
    const { denseBit, sparseEvent } = spikingPrices(bare, widths, memoryMovement(bare)).prices;
    expect([denseBit.energy.mid, sparseEvent.energy.mid]).toEqual([expect.closeTo(0.1, 12), expect.closeTo(1.6, 12)]);
    expect([denseBit.unit, sparseEvent.unit]).toEqual(["pJ/bit/hop", "pJ/event/hop"]);
    expect(sparseEvent.source).toMatch(/^reconstructed from mesh › buffer\.read: .*16 bits$/);
    // one price, so that both vary together
    expect(denseBit.id).toBe(sparseEvent.id);
  });

  test("a machine that adds only inside its multiply-accumulate units pays them for every spike", () => {
    const whole = mesh.text.replace("verb: multiply", "verb: mac").replace("verb: add", "verb: halve");
    const { accumulate, multiplyAccumulate } = spikingPrices(loadMachine(whole), widths).prices;
    expect(accumulate.energy).toEqual(multiplyAccumulate.energy);
  });

  const products = machineNames.filter((name) =>
    loadMachine(name).components.some(({ prices }) =>
      prices.some(({ verb, operand }) => (verb === "mac" || verb === "multiply") && operand?.startsWith("int")),
    ),
  );
  // Femto's price lists of reads say nothing of writes, and neurons write their state.
  const readOnly = /^(horowitz|eyeriss-ratio)/;

  test.each(products.filter((name) => !readOnly.test(name)))("%s can be compared on", (name) => {
    const machine = loadMachine(name);
    const stated = hasNetwork(machine) ? {} : memoryMovement(machine);
    const { ratio } = compareTwin(point, pointOf(spikingPrices(machine, widths, stated)));
    expect(ratio).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(100);
  });
});
