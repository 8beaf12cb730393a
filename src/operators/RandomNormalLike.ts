/** @file RandomNormalLike: numbers normally distributed with mean and standard deviation `scale`, in the shape of the input. ONNX RandomNormalLike-22. */

import { elementType, float } from "./attributes.ts";
import { operator } from "./operator.ts";
import { drawnLike, likeItsInput } from "./random.ts";

export const RandomNormalLike = operator("RandomNormalLike", {
  ...likeItsInput,
  attributes: { dtype: elementType(), mean: float(0), scale: float(1), seed: float() },
  run: ([x], at, context) => drawnLike(x!, at, context, (rng) => at.mean + at.scale * rng.normal()),
});
