/** @file RandomNormal: numbers normally distributed with mean and standard deviation `scale`. ONNX RandomNormal-22. */

import { elementType, float, ints, required } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { drawn, rngOf } from "./random.ts";
import { movement } from "./work.ts";

export const RandomNormal = operator("RandomNormal", {
  since: 1,
  arity: [0, 0],
  attributes: {
    shape: required(ints()),
    dtype: elementType(),
    mean: float(0),
    scale: float(1),
    seed: float(),
  },
  shape: (_inputs, { shape, dtype }) => [{ dtype: dtype ?? "float32", dims: shape }],
  run: (_inputs, { shape, dtype, mean, scale, seed }, context) => {
    const rng = rngOf(seed, context);
    return [drawn(dtype ?? "float32", shape, () => mean + scale * rng.normal())];
  },
  gradient: none("has no inputs"),
  work: movement,
  isRandom: true,
  examples: [
    { name: "default", inputs: [], attributes: { shape: [2, 3] } },
    {
      name: "mean and scale",
      inputs: [],
      attributes: { shape: [4], mean: -2, scale: 0.5, dtype: "float64", seed: 1.5 },
    },
  ],
});
