/**
 * @file Standardizing: (x − mean) / √(var + ε) over rows, the loop and the gradient under the layer, instance and group
 * normalizations (batch normalization reduces over other axes and has its own).
 */

import type { Value } from "../graph/value.ts";
import type { Emit } from "./emit.ts";

type Doubles = Float64Array<ArrayBuffer>;

/** Standardizes each run of `length` neighbours; `isCentred: false` leaves the mean in (root mean square). */
export function standardize(
  x: Doubles,
  length: number,
  { epsilon, isCentred = true }: { epsilon: number; isCentred?: boolean },
): { values: Doubles; mean: Doubles; inverse: Doubles } {
  const rows = length === 0 ? 0 : x.length / length;
  const values = new Float64Array(x.length);
  const mean = new Float64Array(rows);
  const inverse = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * length;
    let sum = 0;
    if (isCentred) for (let i = from; i < from + length; i++) sum += x[i]!;
    const mu = sum / length;
    let squares = 0;
    for (let i = from; i < from + length; i++) squares += (x[i]! - mu) ** 2;
    const factor = 1 / Math.sqrt(squares / length + epsilon);
    for (let i = from; i < from + length; i++) values[i] = (x[i]! - mu) * factor;
    mean[row] = mu;
    inverse[row] = factor;
  }
  return { values, mean, inverse };
}

/**
 * dx from dx̂, where x̂ = (x − μ)·r over `axes` and r = 1/√(σ² + ε):
 * dx = r·(dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂)); without centring the middle term falls away.
 */
export function standardizeGradient(
  g: Emit,
  { dHat, hat, r }: { dHat: Value; hat: Value; r: Value },
  axes: readonly number[],
  isCentred = true,
): Value {
  const along = g.mul(hat, g.mean(g.mul(dHat, hat), axes, true));
  const across = isCentred ? g.sub(dHat, g.mean(dHat, axes, true)) : dHat;
  return g.mul(r, g.sub(across, along));
}

/** [x̂, r] written out, over `axes`. */
export function standardized(
  g: Emit,
  x: Value,
  axes: readonly number[],
  { epsilon, isCentred = true }: { epsilon: number; isCentred?: boolean },
): { hat: Value; r: Value } {
  const centred = isCentred ? g.sub(x, g.mean(x, axes, true)) : x;
  const variance = g.mean(g.mul(centred, centred), axes, true);
  const r = g.op("Reciprocal", [g.op("Sqrt", [g.add(variance, g.scalar(x, epsilon))])]);
  return { hat: g.mul(centred, r), r };
}
