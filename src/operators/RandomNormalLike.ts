/** @file RandomNormalLike: numbers normally distributed with mean and standard deviation `scale`, in the shape of the input. ONNX RandomNormalLike-22. */

import { f32, i64 } from "../base/tensor.ts";
import { elementType, float } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { none, operator } from "./operator.ts";
import { drawn, rngOf } from "./random.ts";
import { movement } from "./work.ts";

export const RandomNormalLike = operator("RandomNormalLike", {
  since: 1,
  arity: [1, 1],
  attributes: { dtype: elementType(), mean: float(0), scale: float(1), seed: float() },
  shape: ([x], { dtype }) => {
    const type = { dtype: dtype ?? x!.dtype, dims: x!.dims };
    checkTypes([type], "float");
    return [type];
  },
  run: ([x], { dtype, mean, scale, seed }, context) => {
    const rng = rngOf(seed, context);
    return [drawn(dtype ?? x!.dtype, x!.dims, () => mean + scale * rng.normal())];
  },
  gradient: none("draws numbers that do not depend on the input"),
  work: movement,
  isRandom: true,
  examples: [
    { name: "default", inputs: [f32([2, 2], [1, 2, 3, 4])] },
    { name: "as another type", inputs: [i64([1, 2])], attributes: { dtype: "float32", seed: 2 } },
  ],
});
