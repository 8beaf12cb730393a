/** @file The error function against 40-digit values (mpmath 1.3.0, rounded to double). */

import { describe, expect, it } from "vitest";
import { errorFunction } from "./error-function.ts";

const known: readonly (readonly [x: number, erf: number])[] = [
  [0, 0.0],
  [1e-300, 1.1283791670955126e-300],
  [1e-10, 1.1283791670955126e-10],
  [0.001, 0.0011283787909692365],
  [0.1, 0.1124629160182849],
  [0.25, 0.27632639016823696],
  [0.46875, 0.49261347321793797],
  [0.5, 0.5204998778130465],
  [0.75, 0.7111556336535151],
  [0.84375, 0.7672256612323416],
  [1, 0.8427007929497149],
  [1.25, 0.9229001282564583],
  [1.5, 0.9661051464753108],
  [1.9, 0.9927904292352575],
  [2, 0.9953222650189527],
  [2.2, 0.9981371537020182],
  [2.4, 0.999311486103355],
  [2.4999999, 0.9995930477647266],
  [2.5, 0.999593047982555],
  [2.51, 0.9996142945182758],
  [2.75, 0.9998993780778803],
  [3, 0.9999779095030014],
  [3.3, 0.9999969422902035],
  [3.7, 0.9999998328489421],
  [4, 0.9999999845827421],
  [4.5, 0.9999999998033839],
  [5, 0.9999999999984626],
  [5.5, 0.9999999999999927],
  [5.9, 0.9999999999999999],
  [6.1, 1.0],
  [10, 1.0],
];

describe("errorFunction", () => {
  it.each(known)("erf(%d) is right to 1e-15", (x, expected) => {
    expect(Math.abs(errorFunction(x) - expected)).toBeLessThanOrEqual(1e-15 * expected);
    expect(errorFunction(-x)).toBe(-errorFunction(x));
  });

  it("passes through where the series hands over to the continued fraction", () => {
    const step = errorFunction(2.5) - errorFunction(2.5 - 2 ** -50);
    expect(Math.abs(step)).toBeLessThanOrEqual(1e-15);
  });

  it("has limits, and no answer for what is not a number", () => {
    expect(errorFunction(Number.POSITIVE_INFINITY)).toBe(1);
    expect(errorFunction(Number.NEGATIVE_INFINITY)).toBe(-1);
    expect(errorFunction(Number.NaN)).toBeNaN();
  });
});
