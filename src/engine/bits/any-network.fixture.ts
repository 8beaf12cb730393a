/** @file Arbitrary small lookup-table networks for property tests, among them dull ones that fold. */

import fc from "fast-check";
import type { LutNetwork } from "./network.ts";
import { randomNetwork } from "./random-network.ts";

export const anyNetwork = fc
  .record({
    seed: fc.nat(),
    n: fc.integer({ min: 1, max: 8 }),
    features: fc.integer({ min: 1, max: 40 }),
    perFeature: fc.integer({ min: 1, max: 4 }),
    layers: fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 3 }),
    classes: fc.integer({ min: 1, max: 5 }),
    float: fc.boolean(),
    dull: fc.boolean(),
  })
  .map(({ seed, features, perFeature, float, dull, ...shape }): LutNetwork => {
    const last = shape.layers.at(-1)!;
    const network = randomNetwork(
      {
        ...shape,
        input: float ? { dtype: "float32", features } : { dtype: "uint8", features },
        codeBits: features * perFeature,
        bitsPerFeature: perFeature,
        padding: (shape.classes - (last % shape.classes)) % shape.classes,
      },
      seed,
    );
    if (!dull) return network;
    // Thresholds that decide nothing, constant and repeated tables, repeated inputs.
    network.encoder.threshold[0] = float ? Number.POSITIVE_INFINITY : 255;
    const [first] = network.layers;
    first!.tables.set(first!.tables.subarray(0, 1), first!.tables.length - 1);
    first!.tables[0] = 0;
    first!.mapping.fill(first!.mapping[0]!, 0, Math.ceil(first!.mapping.length / 2));
    return network;
  });
