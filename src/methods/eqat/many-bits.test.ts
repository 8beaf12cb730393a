/** @file Check 5 of the sheet for a whole network: with 16 bits it answers what the float network answers, to 1e-3. */

import { expect, it } from "vitest";
import { numbers, type Tensor } from "../../base/tensor.ts";
import { OrtEngine } from "../../engine/index.ts";
import type { Model } from "../../graph/model.ts";
import { withNormalisation } from "../../training/index.ts";
import { calibrate } from "./calibrate.ts";
import { withQuantizers } from "./plan.ts";
import { data, small, smallNet } from "./small.fixture.ts";

async function logits(engine: OrtEngine, model: Model): Promise<ArrayLike<number>> {
  const whole = withNormalisation(model, data.test);
  const session = await engine.load(whole, { keepQdq: true });
  const results: Record<string, Tensor> = await session.run({ raw: data.test.inputs });
  return numbers(results[whole.graph.outputs[0]!.name]!);
}

it.each([false, true])("per channel %s", async (perChannel) => {
  const engine = new OrtEngine();
  try {
    const net = smallNet();
    const options = small({ fixedBits: 16, inputBits: 16, quantile: 1, perChannel });
    // Ranges of the examples themselves, so that nothing is clipped.
    const layers = await calibrate(engine, net, data.test, 1, options);
    const at = async (bits: number) => {
      const slots = {
        layers: layers.map(({ layer }) => layer),
        learned: 0,
        weight: [0, 0, 0],
        input: [0, 0, 0],
        fixed: [],
      };
      return logits(engine, withQuantizers({ slots, options }, net, layers, [bits], "round"));
    };
    const float = await logits(engine, net);
    const distance = (other: ArrayLike<number>) =>
      Array.from(float).reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
    expect(distance(await at(16))).toBeLessThan(1e-3);
    expect(distance(await at(4))).toBeGreaterThan(1e-2);
  } finally {
    await engine.close();
  }
});
