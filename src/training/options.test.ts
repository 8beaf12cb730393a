/** @file The shared options of training: order, defaults of a method's own, bounds. */

import { expect, it } from "vitest";
import { z } from "zod";
import { trainingOptionNames, trainingOptions } from "./options.ts";

it("stand in the order in which they are asked for", () => {
  const schema = z.object({
    ...trainingOptions(["rate", "epochs"]),
    own: z.number().default(1),
    ...trainingOptions(["clip"]),
  });
  expect(Object.keys(schema.shape)).toEqual(["rate", "epochs", "own", "clip"]);
  expect(JSON.stringify(schema.parse({ clip: 2, epochs: 3, own: 4, rate: 5 }))).toBe(
    '{"rate":5,"epochs":3,"own":4,"clip":2}',
  );
});

it("take a method's defaults, inside of objects, too", () => {
  const schema = z.object(
    trainingOptions(["epochs", "step", "rate"], { epochs: 30, step: { every: 14, factor: 0.5 } }),
  );
  expect(schema.parse({})).toEqual({ epochs: 30, step: { every: 14, factor: 0.5 }, rate: 1e-3 });
  expect(schema.parse({ step: { factor: 0.1 } }).step).toEqual({ every: 14, factor: 0.1 });
  expect(schema.parse({ step: { every: 2 } }).step).toEqual({ every: 2, factor: 0.5 });
});

it("refuse what no training can do", () => {
  const schema = z.object(trainingOptions(trainingOptionNames));
  const wrong = {
    ...{ epochs: [0, 1.5], batchSize: [0], optimizer: ["lion"], rate: [0, -1], schedule: ["linear"] },
    ...{
      step: [{ every: 0 }, { factor: 0 }],
      warmup: [-1],
      patience: [0],
      weightDecay: [-0.1],
      smoothing: [-0.1, 0.6],
    },
    ...{ clip: [0], augmentation: [{ shift: -1 }, { shift: 0.5 }, { flip: 1 }], evaluateEvery: [0] },
  };
  expect(Object.keys(wrong)).toEqual(trainingOptionNames);
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { success, error } = schema.safeParse({ [name]: value });
      expect(success, `${name} ${JSON.stringify(value)}`).toBe(false);
      expect(error!.issues[0]!.path[0]).toBe(name);
    }
  }
});
