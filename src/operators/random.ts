/** @file Random: what the operators share that draw numbers. The runtime's numbers differ; only their law is the same. */

import type { DType } from "../base/dtype.ts";
import { Rng } from "../base/rng.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import { fromNumbers } from "./loops.ts";
import type { RunContext } from "./operator.ts";

/** The generator of a node: its own where it states a seed, else that of the run. */
export const rngOf = (seed: number | undefined, context: RunContext): Rng =>
  seed === undefined ? context.random : new Rng(Math.round(seed * 65536), "seed");

/** A tensor of drawn numbers. */
export function drawn(dtype: DType, dims: readonly number[], draw: () => number): Tensor {
  const values = new Float64Array(sizeOf(dims));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return fromNumbers(dtype, dims, values);
}
