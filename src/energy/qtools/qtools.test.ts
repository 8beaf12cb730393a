/** QTools of qkeras 0.9.0 (golden/qtools): every gate, accumulator and energy derived again from formats and shapes. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  accumulatorOf,
  gateFor,
  priceAt,
  type QtoolsFormat,
  type QtoolsLayer,
  type QtoolsOperations,
  type QtoolsOptions,
  qtoolsEnergy,
  qtoolsHorowitz,
} from "./index.ts";

interface Unit {
  readonly as: string;
  readonly factor: number;
  readonly gateBits: number;
  readonly isFloat: boolean;
  readonly bits: number;
}

interface RecordedLayer {
  readonly name: string;
  readonly class: string;
  readonly isInput: boolean;
  readonly isOutput: boolean;
  readonly inputs: readonly (QtoolsFormat & { readonly elements: number })[];
  readonly output: QtoolsFormat & { readonly elements: number };
  readonly operationCount: number;
  readonly parameters: readonly (QtoolsFormat & { readonly elements: number })[];
  readonly kernel?: readonly number[];
  readonly multiplier?: Unit;
  readonly accumulator?: Unit;
}

interface Case {
  readonly network: string;
  readonly unquantised: string;
  readonly reference: boolean;
  readonly layers: readonly RecordedLayer[];
  readonly runs: readonly (Omit<QtoolsOptions, "prices"> & {
    readonly total: number;
    readonly layers: Readonly<
      Record<string, Readonly<Record<"inputs" | "outputs" | "parameters" | "op_cost", number>>>
    >;
  })[];
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../../../golden/qtools/cases.json", import.meta.url), "utf8"),
);

/** Layers that the network left without quantizers get multiplier and accumulator from an option, "int32". */
const isGiven = ({ class: kind }: RecordedLayer, { unquantised }: Case): boolean =>
  kind === "Dense" && unquantised === "int8";

/** A layer for Femto, from shapes and formats alone. */
function layerOf(recorded: RecordedLayer, made: Case): QtoolsLayer {
  const { inputs, output, parameters, isInput, isOutput } = recorded;
  const operations = operationsOf(recorded, made);
  return { inputs, output, parameters, isInput, isOutput, ...(operations && { operations }) };
}

const productsOf = (kernel: readonly number[]) => kernel.slice(0, -1).reduce((product, size) => product * size, 1);

function operationsOf(recorded: RecordedLayer, made: Case): QtoolsOperations | undefined {
  const { class: kind, inputs, parameters, kernel, operationCount: count, accumulator } = recorded;
  if (kernel !== undefined) {
    const gate = gateFor(parameters[0]!, inputs[0]!);
    const given = isGiven(recorded, made) && { accumulator: accumulator! };
    return { kind: "macs", count, gate, products: productsOf(kernel), ...given };
  }
  if (kind === "Add") {
    const isFloat = inputs.some((input) => input.kind === "float");
    const bits = Math.max(...inputs.map((input) => input.bits));
    return { kind: "merge", count, gate: { bits: isFloat ? bits : bits + 1, isFloat } };
  }
  // the width of a pool's sums depends on its window, which the recorded layer does not have
  return kind === "AveragePooling2D" ? { kind: "pool", count, accumulator: accumulator! } : undefined;
}

const named = cases.map(
  (made) => [`${made.network}, ${made.unquantised}${made.reference ? ", reference" : ""}`, made] as const,
);

describe.each(named)("%s", (_, made) => {
  const { layers, runs } = made;
  test("gates and accumulators", () => {
    for (const recorded of layers) {
      const { name, kernel, parameters, inputs, multiplier, accumulator } = recorded;
      if (kernel === undefined) continue;
      const gate = gateFor(parameters[0]!, inputs[0]!);
      const { as, factor, isFloat, gateBits, bits } = multiplier!;
      expect({ name, as: gate.kind, factor: gate.factor, isFloat: gate.isFloat }).toEqual({
        name,
        as,
        factor,
        isFloat,
      });
      expect(gate.bits).toBeCloseTo(gateBits, 12);
      if (isGiven(recorded, made)) continue;
      expect(gate.productBits).toBe(bits);
      expect(accumulatorOf(gate, productsOf(kernel)).bits).toBe(accumulator!.bits);
    }
  });

  test("energies to 1e-6, and the total", () => {
    expect(runs).toHaveLength(6);
    for (const run of runs) {
      let total = 0;
      for (const recorded of layers) {
        const energy = qtoolsEnergy(layerOf(recorded, made), run);
        const said = run.layers[recorded.name]!;
        for (const [ours, theirs] of [
          [energy.inputs, said.inputs],
          [energy.outputs, said.outputs],
          [energy.parameters, said.parameters],
          [energy.operations, said.op_cost],
        ] as const) {
          expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-6 * Math.max(theirs, 1e-3));
          total += ours;
        }
      }
      expect(Math.trunc(total)).toBe(run.total);
    }
  });
});

test("the price per bit taken as one per word: 64 Kbit cost 160 pJ instead of 10 240", () => {
  const tensor = { elements: 2 ** 13, bits: 8 };
  const layer = { inputs: [tensor], parameters: [], output: { elements: 1, bits: 8 }, isInput: true, isOutput: true };
  const options = { weightsOn: "sram", activationsOn: "sram", minSramBits: 0, readsAndWritesOnIo: false } as const;
  expect(qtoolsEnergy(layer, options).inputs).toBeCloseTo(160, 4);
  const perBit = { ...qtoolsHorowitz, sramUnitsPerBit: 1 };
  expect(qtoolsEnergy(layer, { ...options, prices: perBit }).inputs).toBeCloseTo(10_240, 3);
});

test("the fits return Horowitz's figures (sheet, check 1)", () => {
  const { fixedMultiply, fixedAdd, sram } = qtoolsHorowitz;
  expect([8, 16, 32].map((bits) => priceAt(fixedMultiply, bits).toFixed(4))).toEqual(["0.2000", "0.7833", "3.1000"]);
  expect(priceAt(fixedAdd, 32)).toBeCloseTo(0.1, 12);
  expect([16, 18, 23].map((size) => (64 * priceAt(sram, size)).toFixed(3))).toEqual(["10.000", "20.000", "100.000"]);
});

test("floats without a price are one clear message", () => {
  const gate = gateFor({ kind: "float", bits: 8 }, { kind: "fixed", bits: 8 });
  const layer = {
    inputs: [{ elements: 4, bits: 8 }],
    parameters: [],
    output: { elements: 4, bits: 8 },
    isInput: false,
    isOutput: false,
    operations: { kind: "macs", count: 16, gate, products: 4 },
  } as const;
  const options = { weightsOn: "sram", activationsOn: "sram", minSramBits: 0, readsAndWritesOnIo: false } as const;
  expect(() => qtoolsEnergy(layer, options)).toThrow(expect.objectContaining({ code: "energy.width" }));
});
