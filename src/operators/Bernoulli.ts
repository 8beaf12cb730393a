/** @file Bernoulli: 1 with the probability that the input states, else 0. ONNX Bernoulli-22. */

import { f32, numbers } from "../base/tensor.ts";
import { elementType, float } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { none, operator } from "./operator.ts";
import { drawn, rngOf } from "./random.ts";
import { elementwise } from "./work.ts";

export const Bernoulli = operator("Bernoulli", {
  since: 15,
  arity: [1, 1],
  attributes: { dtype: elementType(), seed: float() },
  shape: ([p], { dtype }) => {
    checkTypes([p], "float");
    return [{ dtype: dtype ?? p!.dtype, dims: p!.dims }];
  },
  run: ([p], { dtype, seed }, context) => {
    const rng = rngOf(seed, context);
    const probabilities = numbers(p!);
    let i = 0;
    return [drawn(dtype ?? p!.dtype, p!.dims, () => (rng.uniform() < probabilities[i++]! ? 1 : 0))];
  },
  gradient: none("draws zeros and ones"),
  work: elementwise({ compare: 1 }),
  isRandom: true,
  examples: [
    { name: "certain", inputs: [f32([3], [0, 1, 0])], expected: [f32([3], [0, 1, 0])] },
    { name: "as booleans", inputs: [f32([2], [0.25, 0.75])], attributes: { dtype: "bool", seed: 3 } },
  ],
});
