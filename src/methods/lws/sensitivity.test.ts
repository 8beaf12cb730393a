/** @file Gradient and Fisher term against central differences of the loss, example by example. */

import { afterAll, describe, expect, it } from "vitest";
import { numbers, rowsOf, type Tensor, tensor } from "../../base/tensor.ts";
import { defaultArray } from "../../circuits/characterise/index.ts";
import { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { isSetQuant } from "../../rewrites/index.ts";
import { evaluate } from "../../training/index.ts";
import { toIntegerForm } from "./integer-form.ts";
import { initialState, modelOf } from "./network.ts";
import { sensitivities } from "./sensitivity.ts";
import { data, int8Net } from "./small.fixture.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

/** The model with the layer's projected weight as plain numbers, one of them moved. */
function moved(model: Model, layer: number, at: number, by: number): Model {
  const copy = cloneModel(model);
  const set = copy.graph.nodes.filter(isSetQuant)[layer]!;
  const weight = set.inputs[0]!.constant!;
  const values = Array.from(numbers(weight));
  values[at]! += by;
  const plain: Tensor = tensor("float32", weight.dims, values);
  copy.graph.replace(set.outputs[0]!, copy.graph.addInitializer("moved", plain));
  copy.graph.removeNodes([set]);
  return copy;
}

describe("sensitivities", () => {
  it("of the last layer are central differences of the loss", async () => {
    const form = toIntegerForm(int8Net(), { ...defaultArray, rows: 16, accumulatorBits: 20 });
    const model = modelOf(form, initialState(form));
    const found = await sensitivities(engine, model, data.train, ["fc", "conv2"], 8);
    const { gradient, fisher } = found.get("fc")!;
    expect(found.get("conv2")!.gradient.length).toBe(6 * 4 * 9);
    const step = 2 ** -6;
    for (const at of [0, 7, 30, 101, 215]) {
      const slopes: number[] = [];
      for (let example = 0; example < 8; example++) {
        const one = {
          ...data.train,
          inputs: rowsOf(data.train.inputs, example, example + 1),
          labels: rowsOf(data.train.labels, example, example + 1),
        };
        const losses = await Promise.all([step, -step].map((by) => evaluate(engine, moved(model, 2, at, by), one)));
        slopes.push((losses[0]!.loss - losses[1]!.loss) / (2 * step));
      }
      const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length;
      const square = slopes.reduce((sum, slope) => sum + slope * slope, 0) / slopes.length;
      expect(Math.abs(gradient[at]! - mean)).toBeLessThan(1e-3 + 0.02 * Math.abs(mean));
      expect(Math.abs(fisher[at]! - square)).toBeLessThan(1e-3 + 0.05 * square);
    }
    expect(Math.max(...fisher)).toBeGreaterThan(0.01);
  });
});
