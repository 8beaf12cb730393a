/** @file The error function in double precision: a series with positive terms near zero, a continued fraction beyond. */

/** From here on the series would need many terms and 1 − erfc loses nothing. */
const SPLIT = 2.5;

/** erf(x) = 2/√π ∫₀ˣ e^(−t²) dt, with a relative error below 1e-15. Abramowitz and Stegun 7.1.6 and 7.1.14. */
export function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (Number.isNaN(x)) return x;
  const value = magnitude < SPLIT ? series(magnitude) : magnitude > 6 ? 1 : 1 - complement(magnitude);
  return x < 0 || Object.is(x, -0) ? -value : value;
}

/** 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms are positive, so nothing cancels. */
function series(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
}

/** erfc(x) = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …)))), evaluated from the depth that SPLIT needs. */
function complement(x: number): number {
  let tail = x;
  for (let n = 80; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}
