/** @file Small floats: every bit pattern survives decode and encode, and encoding takes the nearest pattern, ties to even. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsToFloat, floatToBits, roundHalfEven, type SoftFloat } from "./soft-float.ts";

const types: [SoftFloat, number][] = [
  ["float16", 16],
  ["bfloat16", 16],
  ["float8e4m3fn", 8],
  ["float8e4m3fnuz", 8],
  ["float8e5m2", 8],
  ["float8e5m2fnuz", 8],
  ["float4e2m1", 4],
];

describe.each(types)("%s", (type, width) => {
  const patterns = Array.from({ length: 2 ** width }, (_, pattern) => pattern);
  const values = patterns.map((pattern) => bitsToFloat(type, pattern));

  it("encode ∘ decode = identity on every pattern that is a number", () => {
    for (const pattern of patterns) {
      if (Number.isNaN(values[pattern])) continue;
      // Types that saturate have no way back to infinity.
      if (!Number.isFinite(values[pattern]!))
        expect(bitsToFloat(type, floatToBits(type, values[pattern]!, false))).toBe(values[pattern]);
      else expect(floatToBits(type, values[pattern]!)).toBe(pattern);
    }
  });

  it("encodes to the nearest value", () => {
    const finite = values.filter(Number.isFinite);
    const most = Math.max(...finite);
    fc.assert(
      fc.property(fc.double({ min: -most, max: most, noNaN: true }), (x) => {
        const error = Math.abs(bitsToFloat(type, floatToBits(type, x)) - x);
        // The neighbours of the result are no nearer.
        for (const step of [-1, 1]) {
          const other = bitsToFloat(type, floatToBits(type, x) + step);
          if (Number.isFinite(other)) expect(error).toBeLessThanOrEqual(Math.abs(other - x));
        }
      }),
    );
  });
});

it("float16 agrees with NumPy", () => {
  expect(floatToBits("float16", 0.1)).toBe(11878);
  expect(floatToBits("float16", 65520)).toBe(31744);
  expect(floatToBits("float16", 2 ** -25)).toBe(0);
  expect(floatToBits("float16", 1.5 * 2 ** -24)).toBe(2);
});

it("rounds halves to even", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([0, 2, 2, -0, -2, 2, 3]);
});
