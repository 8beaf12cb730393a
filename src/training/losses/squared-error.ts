/** @file Mean squared error over all elements. */

import type { Value } from "../../graph/value.ts";
import { type Emit, rankOf } from "../../operators/index.ts";

/** @returns a scalar: mean of (prediction − target)² */
export function squaredError(g: Emit, prediction: Value, target: Value): Value {
  const error = g.sub(prediction, target);
  const axes = Array.from({ length: rankOf(error) }, (_, axis) => axis);
  return g.mean(g.mul(error, error), axes);
}
