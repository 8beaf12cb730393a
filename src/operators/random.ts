/** @file Random: what the operators share that draw numbers. The runtime's numbers differ; only their law is the same. */

import type { DType } from "../base/dtype.ts";
import { Rng } from "../base/rng.ts";
import { f32, i64, sizeOf, type Tensor } from "../base/tensor.ts";
import { checkTypes } from "./element-types.ts";
import { fromNumbers } from "./loops.ts";
import { type Known, none, type RunContext } from "./operator.ts";
import { movement } from "./work.ts";

/** The generator of a node: its own where it states a seed, else that of the run. */
export const rngOf = (seed: number | undefined, context: RunContext): Rng =>
  seed === undefined ? context.random : new Rng(Math.round(seed * 65536), "seed");

/** A tensor of drawn numbers. */
export function drawn(dtype: DType, dims: readonly number[], draw: () => number): Tensor {
  const values = new Float64Array(sizeOf(dims));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return fromNumbers(dtype, dims, values);
}

interface LikeAttributes {
  readonly dtype: DType | undefined;
  readonly seed: number | undefined;
}

/** The answers of an operator that draws in the shape of its input, and in its type unless told otherwise. */
export const likeItsInput = {
  since: 1,
  arity: [1, 1],
  shape: ([x]: readonly Known[], { dtype }: Pick<LikeAttributes, "dtype">) => {
    const type = { dtype: dtype ?? x!.dtype, dims: x!.dims };
    checkTypes([type], "float");
    return [type];
  },
  gradient: none("draws numbers that do not depend on the input"),
  work: movement,
  isRandom: true,
  examples: [
    { name: "default", inputs: [f32([2, 2], [1, 2, 3, 4])] },
    { name: "as another type", inputs: [i64([1, 2])], attributes: { dtype: "float32", seed: 2 } },
  ],
} as const;

/** Numbers in the shape of x. */
export function drawnLike(
  x: Tensor,
  { dtype, seed }: LikeAttributes,
  context: RunContext,
  draw: (rng: Rng) => number,
): readonly Tensor[] {
  const rng = rngOf(seed, context);
  return [drawn(dtype ?? x.dtype, x.dims, () => draw(rng))];
}
