/** @file RandomUniform: numbers evenly distributed over [low, high). ONNX RandomUniform-22. */

import { elementType, float, ints, required } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { drawn, rngOf } from "./random.ts";
import { movement } from "./work.ts";

export const RandomUniform = operator("RandomUniform", {
  since: 1,
  arity: [0, 0],
  attributes: {
    shape: required(ints()),
    dtype: elementType(),
    low: float(0),
    high: float(1),
    seed: float(),
  },
  shape: (_inputs, { shape, dtype }) => [{ dtype: dtype ?? "float32", dims: shape }],
  run: (_inputs, { shape, dtype, low, high, seed }, context) => {
    const rng = rngOf(seed, context);
    return [drawn(dtype ?? "float32", shape, () => low + (high - low) * rng.uniform())];
  },
  gradient: none("has no inputs"),
  work: movement,
  isRandom: true,
  examples: [
    { name: "default", inputs: [], attributes: { shape: [2, 3] } },
    { name: "low and high", inputs: [], attributes: { shape: [4], low: -2, high: 0.5, dtype: "float64", seed: 1.5 } },
  ],
});
