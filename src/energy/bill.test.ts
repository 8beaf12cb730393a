import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { f32, zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { equationMachines, loadMachine } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import { bill, countWork, explainChain, type LayerWidths, totalText, uniformWidths } from "./index.ts";
import { countsOf, layer } from "./layer.fixture.ts";

const sram8k = loadMachine("horowitz-45nm-sram8k");
const one = countsOf(layer("conv", 1e6, 4e4, 6e4));

describe("check 7 of the EQAT sheet: 1e6 MACs, 1e5 elements, 0.2/64 and 10/64 pJ", () => {
  test.each([
    [8, 200000, 125000],
    [6, 112500, 93750],
    [4, 50000, 62500],
  ])("q = %i", (q, compute, data) => {
    const { byCause, total, rows } = bill(one, sram8k, uniformWidths(one.layers, q));
    expect(byCause.compute.mid).toBeCloseTo(compute, 8);
    expect(byCause.weights.mid + byCause.activations.mid).toBeCloseTo(data, 8);
    expect(byCause["partial sums"].mid).toBe(0);
    expect(total.mid).toBeCloseTo(compute + data, 8);
    expect(rows[0]!.energy).toEqual(total);
  });
});

test("weights and activations have bits of their own", () => {
  const { byCause } = bill(one, sram8k, uniformWidths(one.layers, 3, 5));
  expect(byCause.compute.mid).toBeCloseTo(1e6 * (0.2 / 64) * 15, 8);
  expect(byCause.weights.mid).toBeCloseTo(4e4 * 3 * 0.15625, 8);
  expect(byCause.activations.mid).toBeCloseTo(6e4 * 5 * 0.15625, 8);
});

test("the accumulator is an option, and does not follow the bits", () => {
  const eight = bill(one, sram8k, uniformWidths(one.layers, 8), { accumulate: true });
  const four = bill(one, sram8k, uniformWidths(one.layers, 4), { accumulate: true });
  expect(eight.byCause["partial sums"].mid).toBeCloseTo(1e6 * 0.1, 8);
  expect(four.byCause["partial sums"].mid).toBe(eight.byCause["partial sums"].mid);
  // 0.3/64 pJ per bit² at 8 bits, EQAT sheet
  expect((eight.byCause.compute.mid + eight.byCause["partial sums"].mid) / 64e6).toBeCloseTo(4.6875e-3, 10);
});

test("float32 is priced by its own multiplications: 3.7 pJ and 32 bits", () => {
  const { byCause, relative } = bill(one, sram8k, uniformWidths(one.layers, "float32"));
  expect(byCause.compute.mid).toBeCloseTo(3.7e6, 6);
  expect(byCause.weights.mid).toBeCloseTo(4e4 * 32 * 0.15625, 6);
  expect(relative.mid).toBeCloseTo((3.7e6 + 5e5) / 325000, 10);
});

const widths = fc.integer({ min: 1, max: 16 });
const size = fc.integer({ min: 1, max: 1e9 });
const network = fc.array(fc.tuple(size, size, size, widths, widths), { minLength: 1, maxLength: 8 }).map((rows) => ({
  counts: countsOf(...rows.map(([macs, nW, nA], i) => layer(`layer${i}`, macs, nW, nA))),
  bits: rows.map(([, , , weight, input], i): LayerWidths => ({ layer: `layer${i}`, weight, input })),
}));
const machines = fc.constantFrom(...equationMachines()).map((name) => loadMachine(name));

describe("laws", () => {
  test("layers and causes add up to the total", () => {
    fc.assert(
      fc.property(network, machines, ({ counts, bits }, machine) => {
        const { rows, total, byCause } = bill(counts, machine, bits);
        for (const end of ["lo", "mid", "hi"] as const) {
          const ofRows = rows.reduce((sum, { energy }) => sum + energy[end], 0);
          const ofCauses = Object.values(byCause).reduce((sum, range) => sum + range[end], 0);
          expect(Math.abs(ofRows / total[end] - 1)).toBeLessThan(1e-12);
          expect(Math.abs(ofCauses / total[end] - 1)).toBeLessThan(1e-12);
        }
        expect(total.lo).toBeLessThanOrEqual(total.mid);
        expect(total.mid).toBeLessThanOrEqual(total.hi);
      }),
    );
  });

  test("check 8: Ē(8, 8) is exactly 1, whatever the prices", () => {
    fc.assert(
      fc.property(network, machines, ({ counts }, machine) => {
        expect(bill(counts, machine, uniformWidths(counts.layers, 8)).relative).toEqual({ lo: 1, mid: 1, hi: 1 });
      }),
    );
  });

  test("check 8: every bit more costs more", () => {
    fc.assert(
      fc.property(network, machines, fc.nat(7), fc.constantFrom("weight", "input"), (net, machine, pick, operand) => {
        const at = pick % net.bits.length;
        const more = net.bits.map((entry, i) =>
          i === at ? { ...entry, [operand]: (entry[operand] as number) + 1 } : entry,
        );
        const before = bill(net.counts, machine, net.bits);
        const after = bill(net.counts, machine, more);
        expect(after.total.mid).toBeGreaterThan(before.total.mid);
        expect(after.relative.mid).toBeGreaterThan(before.relative.mid);
      }),
    );
  });

  test("halving all bits halves the traffic and quarters the multiplications", () => {
    fc.assert(
      fc.property(network, machines, ({ counts, bits }, machine) => {
        const twice = bits.map(({ layer: name, weight, input }) => ({
          layer: name,
          weight: 2 * (weight as number),
          input: 2 * (input as number),
        }));
        const half = bill(counts, machine, bits).byCause;
        const full = bill(counts, machine, twice).byCause;
        expect(full.compute.mid / half.compute.mid).toBeCloseTo(4, 12);
        expect(full.weights.mid / half.weights.mid).toBeCloseTo(2, 12);
        expect(full.activations.mid / half.activations.mid).toBeCloseTo(2, 12);
      }),
    );
  });

  test("the range of a saving is the range of the ratio: prices that move together cancel", () => {
    fc.assert(
      fc.property(network, ({ counts, bits }) => {
        const { relative, total } = bill(counts, sram8k, bits);
        const eight = bill(counts, sram8k, uniformWidths(counts.layers, 8)).total;
        expect(relative.lo).toBeLessThanOrEqual(relative.mid);
        expect(relative.mid).toBeLessThanOrEqual(relative.hi);
        // narrower than dividing the ends as if they were independent
        expect(relative.hi).toBeLessThanOrEqual((total.hi / eight.lo) * (1 + 1e-12));
        expect(relative.mid).toBeCloseTo(total.mid / eight.mid, 9);
      }),
    );
  });
});

describe("scaling of multiplications", () => {
  const withScaling = (scaling: string) =>
    loadMachine(sram8k.text.replace("mac_scaling: quadratic", `mac_scaling: ${scaling}`), "x.yaml");
  const compute = (scaling: string, weight: number, input: number) =>
    bill(one, withScaling(scaling), uniformWidths(one.layers, weight, input)).byCause.compute.mid / 1e6;

  test.each([
    ["quadratic", 4, 6, (0.2 * 24) / 64],
    ["linear", 4, 6, (0.2 * 10) / 16],
    ["none", 4, 6, 0.2],
    ["{ set: [2, 4, 8] }", 4, 6, (0.2 * 32) / 64],
    ["{ set: [2, 4, 8] }", 1, 3, (0.2 * 8) / 64],
  ])("%s at %i × %i bits", (scaling, weight, input, expected) => {
    expect(compute(scaling, weight, input)).toBeCloseTo(expected, 12);
  });

  test.each(["none", "{ set: [2, 4, 8] }"])("%s refuses what the multiplier cannot take", (scaling) => {
    expect(() => compute(scaling, 9, 4)).toThrow(
      expect.objectContaining({ code: "energy.width", where: "layer conv", expected: "at most 8 bits", got: "9 bits" }),
    );
  });

  test("a machine that cannot do 8 bits has no reference", () => {
    expect(() => compute("{ set: [2, 4] }", 4, 4)).toThrow(
      expect.objectContaining({ where: "the reference, 8 bits everywhere › layer conv" }),
    );
  });
});

describe("what a figure rests on", () => {
  const { rows, prices } = bill(one, sram8k, uniformWidths(one.layers, 5, 8));

  test("each term is its price times its quantity", () => {
    const stated = new Map(prices.map((price) => [price.id, price]));
    for (const { terms } of rows) {
      for (const { energy, price, quantity } of terms) {
        expect(energy.mid).toBe(stated.get(price)!.energy.mid * quantity);
        expect(energy.hi).toBe(stated.get(price)!.energy.hi * quantity);
      }
    }
  });

  test("the chain reads from the figure to the citation", () => {
    const lines = explainChain(rows[0]!.terms[0]!.chain);
    expect(lines).toEqual([
      "conv › compute: 125000 pJ (121093.75 to 495312.5)",
      '  count    1000000  MACs = o 1000000  (node 0 Conv "conv")',
      "  action   multiplier.multiply on int5 × int8",
      "  scaling  1000000 × 5·8/8² = 625000 × multiplier.multiply.int8",
      "  price    0.2 pJ, 45 nm, 0.9 V  (femto:horowitz-45nm-sram8k:18)",
      "  note     0.2 / 64 pJ for each bit of one operand times each bit of the other",
      expect.stringContaining("  source   M. Horowitz"),
      expect.stringContaining("Aladdin"),
    ]);
    expect(sram8k.text.split("\n")[17]).toContain("value: 0.2");
    // docs/energy.md shows the same chain, citations shortened
    const page = readFileSync(new URL("../../docs/energy.md", import.meta.url), "utf8");
    expect(page).toContain(lines.slice(0, 6).join("\n"));
  });

  test("a bill is plain data", () => {
    const whole = bill(one, sram8k, uniformWidths(one.layers, 5, 8));
    expect(JSON.parse(JSON.stringify(whole))).toEqual(JSON.parse(JSON.stringify(structuredClone(whole))));
  });
});

test("what is not priced makes the total a lower bound", () => {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 3] });
  const hidden = g.matmul(x, g.constant(zeros("float32", [3, 4])));
  model.graph.addOutput(g.matmul(g.op("Relu", [g.op("Relu", [hidden])]), g.constant(f32([4, 1], [1, 2, 3, 4]))));
  const counts = countWork(model);
  const made = bill(counts, sram8k, uniformWidths(counts.layers, 8));
  expect(made.isComplete).toBe(false);
  expect(made.unmodelled).toMatchObject([{ operator: "Relu", nodes: 2 }]);
  // 16 MACs, 16 weights and 7 activations of 8 bits: 3.2 + 28.75 pJ
  expect(totalText(made)).toBe("≥ 31.9 pJ (31.9 pJ to 41.4 pJ)");
  expect(totalText(bill(one, sram8k, uniformWidths(one.layers, 8)))).toBe("325 nJ (319 nJ to 918 nJ)");
});

test("ratios are no joules", () => {
  const machine = loadMachine("eyeriss-ratio");
  const made = bill(one, machine, uniformWidths(one.layers, 16));
  expect(made.byCause.compute.mid).toBe(1e6);
  expect(made.byCause.weights.mid).toBe(6 * 4e4);
  expect(totalText(made)).toBe("1.60e+6 × one 16-bit multiply-accumulate");
  expect(made.warnings).toEqual(["energies are multiples of one 16-bit multiply-accumulate, not joules"]);
});

describe("refusals", () => {
  const refused = (assigned: readonly LayerWidths[], fields: object) =>
    expect(() => bill(one, sram8k, assigned)).toThrow(expect.objectContaining(fields));

  test("a layer without bits, an unknown one, one named twice", () => {
    refused([], { code: "energy.bits", where: "layer conv" });
    refused([{ layer: "conw", weight: 8, input: 8 }], { code: "energy.bits", expected: "conv" });
    refused([...uniformWidths(one.layers, 8), ...uniformWidths(one.layers, 4)], { code: "energy.bits" });
  });

  test.each([0, -1, 7.5, 65, Number.NaN, "float12" as "float16"])("a width of %s", (width) => {
    refused(uniformWidths(one.layers, width), { code: "energy.bits", where: "layer conv › weight" });
  });

  test("operands of two kinds", () => {
    refused(uniformWidths(one.layers, 4, "float16"), { code: "energy.bits", got: "4 and float16" });
  });

  test("a model without weights", () => {
    expect(() => bill(countsOf(), sram8k, [])).toThrow(expect.objectContaining({ code: "energy.none" }));
  });

  test("a price that the machine does not state", () => {
    const poor = loadMachine(sram8k.text.replace(/ {6}- \{ verb: multiply, operand: float32.*\n/, ""), "poor.yaml");
    expect(() => bill(one, poor, uniformWidths(one.layers, "float32"))).toThrow(
      expect.objectContaining({
        code: "machine.price",
        where: expect.stringMatching(/^poor\.yaml:\d+ › component multiplier$/),
      }),
    );
    const silent = loadMachine(sram8k.text.replaceAll("verb: add", "verb: subtract"), "poor.yaml");
    expect(() => bill(one, silent, uniformWidths(one.layers, 8), { accumulate: true })).toThrow(
      expect.objectContaining({ code: "machine.price", message: "no component has a price for add" }),
    );
  });

  test("a machine without a home for weights, or with two, or without the one that is asked for", () => {
    const homeless = loadMachine(
      sram8k.text.replace("holds: [weights, activations]", "holds: [activations]"),
      "x.yaml",
    );
    expect(() => bill(one, homeless, uniformWidths(one.layers, 8))).toThrow(
      expect.objectContaining({ code: "machine.placement", message: "no memory holds weights" }),
    );
    const twice = loadMachine(
      `${sram8k.text}${sram8k.text.slice(sram8k.text.indexOf("  - name: sram")).replace("sram", "other")}`,
      "x.yaml",
    );
    expect(() => bill(one, twice, uniformWidths(one.layers, 8))).toThrow(
      expect.objectContaining({ code: "machine.placement", message: "more than one memory holds weights" }),
    );
    expect(() => bill(one, sram8k, uniformWidths(one.layers, 8), { placement: { weights: "flash" } })).toThrow(
      expect.objectContaining({ code: "machine.placement", expected: "one of: sram" }),
    );
  });

  test("prices of zero: a warning where one is used, a refusal where all are", () => {
    const free = loadMachine(sram8k.text.replace("value: 10, unit: pJ, bits", "value: 0, unit: pJ, bits"), "x.yaml");
    expect(bill(one, free, uniformWidths(one.layers, 8)).warnings).toEqual(["prices of zero are used: sram.read"]);
    const nothing = loadMachine(
      free.text.replace("value: 0.2\n", "value: 0\n").replace(/ +range: \{ low: 0.19.*\n/, ""),
      "x.yaml",
    );
    expect(() => bill(one, nothing, uniformWidths(one.layers, 8))).toThrow(
      expect.objectContaining({ code: "energy.free" }),
    );
  });
});
