import fc from "fast-check";
import { expect, test } from "vitest";
import { wilson } from "./interval.ts";

test("81 of 263 right: the textbook interval (Newcombe 1998, table I)", () => {
  const { lo, hi } = wilson(81 / 263, 263);
  expect(lo).toBeCloseTo(0.2553, 4);
  expect(hi).toBeCloseTo(0.3662, 4);
});

test("the interval holds the share, stays within 0..1 and shrinks with more examples", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 2, max: 1e6 }), (share, examples) => {
      const few = wilson(share, examples);
      const many = wilson(share, 4 * examples);
      expect(few.lo).toBeGreaterThanOrEqual(0);
      expect(few.hi).toBeLessThanOrEqual(1);
      expect(few.lo).toBeLessThanOrEqual(share + 1e-12);
      expect(few.hi).toBeGreaterThanOrEqual(share - 1e-12);
      expect(many.hi - many.lo).toBeLessThan(few.hi - few.lo);
    }),
  );
});
