import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equationMachines, loadMachine } from "../machines/index.ts";
import { zoo } from "../zoo/index.ts";
import { bill, countWork, energyAt, energyCoefficients, energySlopes, relativeEnergyAt } from "./index.ts";
import { countsOf, layer } from "./layer.fixture.ts";

const layers = [layer("a", 1e6, 2e4, 8e4), layer("b", 3e5, 2e5, 1e4), layer("c", 1e4, 1e4, 1e2)];
const real = fc.array(fc.double({ min: 1, max: 16, noNaN: true }), { minLength: 3, maxLength: 3 });
const whole = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 3, maxLength: 3 });

test("check 7: split gradients sum to eq. 20", () => {
  const machine = loadMachine("horowitz-45nm-sram8k");
  const c = energyCoefficients([layer("conv", 1e6, 4e4, 6e4)], machine);
  for (const [q, slope] of [
    [8, 65625],
    [6, 53125],
    [4, 40625],
  ] as const) {
    const { weight, input } = energySlopes(c, [q], [q]);
    expect(weight[0]! + input[0]!).toBeCloseTo(slope, 8);
    expect(weight[0]!).toBeCloseTo(1e6 * (0.2 / 64) * q + 4e4 * (10 / 64), 8);
  }
});

describe.each(equationMachines())("%s", (name) => {
  const machine = loadMachine(name);

  test("equals the bill at whole widths, with and without the accumulator", () => {
    fc.assert(
      fc.property(whole, whole, fc.boolean(), (weight, input, wanted) => {
        const accumulate = wanted && name !== "eyeriss-ratio";
        const widths = layers.map((cost, i) => ({ layer: cost.name, weight: weight[i]!, input: input[i]! }));
        const billed = bill(countsOf(...layers), machine, widths, { accumulate });
        const c = energyCoefficients(layers, machine, { accumulate });
        expect(energyAt(c, weight, input) / billed.total.mid).toBeCloseTo(1, 12);
        expect(relativeEnergyAt(c, weight, input)).toBeCloseTo(billed.relative.mid, 12);
      }),
    );
  });

  test("check 8: monotone in every bit-width, and exactly 1 at 8 bits", () => {
    const c = energyCoefficients(layers, machine);
    expect(relativeEnergyAt(c, [8, 8, 8], [8, 8, 8])).toBe(1);
    fc.assert(
      fc.property(real, real, fc.nat(2), fc.double({ min: 1e-3, max: 2, noNaN: true }), (weight, input, at, more) => {
        const bump = (bits: number[]) => bits.map((q, i) => (i === at ? q + more : q));
        const before = energyAt(c, weight, input);
        expect(energyAt(c, bump(weight), input)).toBeGreaterThan(before);
        expect(energyAt(c, weight, bump(input))).toBeGreaterThan(before);
      }),
    );
  });

  test("slopes are the derivatives", () => {
    const c = energyCoefficients(layers, machine);
    fc.assert(
      fc.property(real, real, fc.nat(2), (weight, input, at) => {
        const h = 1e-4;
        const shift = (bits: number[], by: number) => bits.map((q, i) => (i === at ? q + by : q));
        const slopes = energySlopes(c, weight, input);
        const numericW = (energyAt(c, shift(weight, h), input) - energyAt(c, shift(weight, -h), input)) / (2 * h);
        const numericA = (energyAt(c, weight, shift(input, h)) - energyAt(c, weight, shift(input, -h))) / (2 * h);
        // absolute error of the quotient: the total's rounding over h
        const tolerance = (energyAt(c, weight, input) * 1e-15) / h;
        expect(Math.abs(numericW - slopes.weight[at]!)).toBeLessThan(10 * tolerance);
        expect(Math.abs(numericA - slopes.input[at]!)).toBeLessThan(10 * tolerance);
      }),
    );
  });
});

describe("other scalings", () => {
  const { text } = loadMachine("horowitz-45nm-sram8k");
  const withScaling = (scaling: string) =>
    loadMachine(text.replace("mac_scaling: quadratic", `mac_scaling: ${scaling}`), "x");

  test.each(["linear", "none"])("%s equals the bill", (scaling) => {
    const machine = withScaling(scaling);
    const c = energyCoefficients(layers, machine);
    const widths = layers.map(({ name }) => ({ layer: name, weight: 3, input: 5 }));
    const billed = bill(countsOf(...layers), machine, widths);
    expect(energyAt(c, [3, 3, 3], [5, 5, 5]) / billed.total.mid).toBeCloseTo(1, 12);
    expect(c.isRelaxed).toBe(false);
  });

  test("a set of widths is relaxed: equal at members, below the bill between them", () => {
    const machine = withScaling("{ set: [2, 4, 8] }");
    const c = energyCoefficients(layers, machine);
    expect(c.isRelaxed).toBe(true);
    fc.assert(
      fc.property(whole, whole, (weight, input) => {
        const widths = layers.map((cost, i) => ({ layer: cost.name, weight: weight[i]!, input: input[i]! }));
        const billed = bill(countsOf(...layers), machine, widths).total.mid;
        const relaxed = energyAt(c, weight, input);
        expect(relaxed).toBeLessThanOrEqual(billed * (1 + 1e-12));
        const areMembers = [...weight, ...input].every((q) => q === 2 || q === 4 || q === 8);
        if (areMembers) expect(relaxed / billed).toBeCloseTo(1, 12);
      }),
    );
    expect(energyAt(c, [2, 4, 8], [8, 2, 4])).toBeCloseTo(
      bill(countsOf(...layers), machine, [
        { layer: "a", weight: 2, input: 8 },
        { layer: "b", weight: 4, input: 2 },
        { layer: "c", weight: 8, input: 4 },
      ]).total.mid,
      6,
    );
  });
});

describe("any machine's joules as a function of the bits", () => {
  const costs = countWork(zoo.resnet8({}), { N: 1 }).layers;

  test.each(["lpddr4-edge", "tpu-v4i-like", "eyeriss-65nm", "isaac-like", "ascend-like"])(
    "%s: slopes are the differences of the estimator, at the widths it was asked and close between",
    (name) => {
      const machine = loadMachine(name);
      const c = energyCoefficients(costs, machine);
      const estimate = (weight: number, input: number) =>
        bill(
          {
            nodes: costs,
            layers: costs,
            unmodelled: [],
            inputs: [],
            outputs: costs.map((cost) => cost.writes[0]!.value),
          },
          machine,
          // outputs as wide as the layer's own input, as the coefficients take them
          costs.map((cost) => ({ layer: cost.name, weight, input })),
          { fuse: false },
        ).total.mid;
      const all = (bits: number) => costs.map(() => bits);
      const whole = estimate(8, 8);
      for (const [weight, input] of [
        [4, 4],
        [4, 8],
        [8, 4],
        [8, 8],
      ] as const) {
        expect(energyAt(c, all(weight), all(input)) / estimate(weight, input)).toBeCloseTo(1, 9);
      }
      // central differences over the widths between: a machine with steps says that it is relaxed
      const slope = (of: "weight" | "input") =>
        energySlopes(c, all(6), all(6))[of].reduce((sum, value) => sum + value, 0);
      const differences = {
        weight: (estimate(7, 6) - estimate(5, 6)) / 2,
        input: (estimate(6, 7) - estimate(6, 5)) / 2,
      };
      for (const of of ["weight", "input"] as const) {
        const error = Math.abs(slope(of) - differences[of]) / (whole / 8);
        expect(error).toBeLessThan(c.isRelaxed ? 0.35 : 1e-9);
      }
    },
  );
});
