/** @file RandomUniformLike: numbers evenly distributed over [low, high), in the shape of the input. ONNX RandomUniformLike-22. */

import { elementType, float } from "./attributes.ts";
import { operator } from "./operator.ts";
import { drawnLike, likeItsInput } from "./random.ts";

export const RandomUniformLike = operator("RandomUniformLike", {
  ...likeItsInput,
  attributes: { dtype: elementType(), low: float(0), high: float(1), seed: float() },
  run: ([x], at, context) => drawnLike(x!, at, context, (rng) => at.low + (at.high - at.low) * rng.uniform()),
});
