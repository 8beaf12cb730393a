/** @file Φ⁻¹, the quantiles of the standard normal distribution, to about the last digits of a double. */

import { fail } from "../base/errors.ts";

/** Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …), which converges for every x. */
function normal(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 2000; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * The x for which a normal number lies below x with probability p.
 * @throws FemtoError `option.range` unless 0 < p < 1
 */
export function inverseNormal(p: number): number {
  if (!(p > 0 && p < 1)) {
    fail({ code: "option.range", message: "a quantile lies inside 0..1", expected: "0 < p < 1", got: `${p}` });
  }
  // The lower half by symmetry: above ½ the series loses no digits, and Newton from 0 climbs without overshooting.
  if (p < 0.5) return -inverseNormal(1 - p);
  let x = 0;
  for (let step = 0; step < 200; step++) {
    const next = x - (normal(x) - p) / density(x);
    if (Math.abs(next - x) <= 1e-15 * Math.max(1, x)) return next;
    x = next;
  }
  return x;
}
