/** @file The terms of the objective as graphs: the energy in the step is the energy room's, and the checks of the sheet. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbers, type Tensor, tensor } from "../../base/tensor.ts";
import { energyCoefficients, energySlopes, relativeEnergyAt } from "../../energy/index.ts";
import { layer } from "../../energy/layer.fixture.ts";
import { runReference } from "../../engine/index.ts";
import { gradients } from "../../gradient/index.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { equationMachines, loadMachine } from "../../machines/index.ts";
import { Emit } from "../../operators/index.ts";
import { coefficientsFor, emitRelativeEnergy } from "./energy-term.ts";
import { runSmall } from "./small.fixture.ts";

const layers = [layer("a", 1e6, 2e4, 8e4), layer("b", 3e5, 2e5, 1e4), layer("c", 1e4, 1e4, 1e2)];
const names = layers.map(({ name }) => name);
const bits = fc.array(fc.double({ min: 2, max: 8, noNaN: true }), { minLength: 3, maxLength: 3 });

/** Ē and ∂Ē/∂q of the emitted graph. */
function emitted(machine: string, weight: readonly number[], input: readonly number[]) {
  const graph = new Graph();
  const g = new Emit(graph);
  const values = ["weight", "input"].map((name) => graph.addInput(name, { dtype: "float32", dims: [3] }));
  const c = coefficientsFor(energyCoefficients(layers, loadMachine(machine)), names);
  const energy = emitRelativeEnergy(g, c, values[0]!, values[1]!);
  const slopes = gradients(g, energy, values);
  for (const output of [energy, ...slopes]) graph.addOutput(output);
  const feeds: Record<string, Tensor> = {
    weight: tensor("float32", [3], weight),
    input: tensor("float32", [3], input),
  };
  const { outputs } = runReference(new Model(graph), feeds);
  const [e, w, a] = graph.outputs.map((output) => Array.from(numbers(outputs[output.name]!)));
  return { energy: e![0]!, weight: w!, input: a! };
}

describe.each(equationMachines())("Ē in the graph, %s", (machine) => {
  const c = energyCoefficients(layers, loadMachine(machine));

  it("is relativeEnergyAt of the energy room, with its slopes (check 8)", () => {
    expect(emitted(machine, [8, 8, 8], [8, 8, 8]).energy).toBeCloseTo(1, 6);
    fc.assert(
      fc.property(bits, bits, (weight, input) => {
        const got = emitted(machine, weight, input);
        expect(got.energy).toBeCloseTo(relativeEnergyAt(c, weight, input), 6);
        const whole = relativeEnergyAt(c, [8, 8, 8], [8, 8, 8]);
        expect(whole).toBe(1);
        const slopes = energySlopes(c, weight, input);
        const eight = energySlopes(c, [8, 8, 8], [8, 8, 8]);
        // Both sides share the unit: compare as shares of the slope at 8 bits.
        const at8 = emitted(machine, [8, 8, 8], [8, 8, 8]);
        for (const i of [0, 1, 2]) {
          expect(got.weight[i]! / at8.weight[i]!).toBeCloseTo(slopes.weight[i]! / eight.weight[i]!, 5);
          expect(got.input[i]! / at8.input[i]!).toBeCloseTo(slopes.input[i]! / eight.input[i]!, 5);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("rises with every bit-width (check 8)", () => {
    fc.assert(
      fc.property(bits, bits, (weight, input) => {
        const { weight: dw, input: da } = emitted(machine, weight, input);
        for (const slope of [...dw, ...da]) expect(slope).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });
});

it("a layer that the machine does not price is an error", () => {
  const c = energyCoefficients(layers, loadMachine("horowitz-45nm-sram8k"));
  expect(() => coefficientsFor(c, ["a", "d"])).toThrow(expect.objectContaining({ code: "eqat.energy" }));
});

describe("β (check 8)", () => {
  it("0: the energy pulls at nothing — the machine makes no difference to any bit", async () => {
    const run = async (machine: string, beta: number) =>
      (await runSmall({ beta, epochs: 2, freezeAt: 1 }, undefined, { machine: loadMachine(machine) })).history.map(
        ({ bits: learned, loss }) => ({ learned, loss }),
      );
    const [sram, dram] = ["horowitz-45nm-sram8k", "horowitz-45nm-lpddr4"];
    expect(await run(sram!, 0)).toEqual(await run(dram!, 0));
    // So that the test can fail: with a β, it does.
    expect(await run(sram!, 0.5)).not.toEqual(await run(dram!, 0.5));
  });

  it("→ ∞: all bits go to q_min", async () => {
    const { bits: chosen } = await runSmall({ beta: 1e6, rateBits: 0.5, epochs: 4, freezeAt: 1 });
    expect(chosen!.map(({ weight }) => weight)).toEqual([2, 2, 2]);
    expect(chosen!.slice(1).map(({ input }) => input)).toEqual([2, 2]);
  });
});
