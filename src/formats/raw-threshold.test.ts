import fc from "fast-check";
import { expect, test } from "vitest";
import { comparedBits, lastRaw } from "./raw-threshold.ts";

test("a comparison with a constant compares the bits above the lowest one of the next number", () => {
  expect([127, 63, 191, 31, 0, 254].map(comparedBits)).toEqual([1, 2, 2, 3, 8, 8]);
  for (let threshold = 0; threshold < 255; threshold++) {
    const shift = 8 - comparedBits(threshold);
    const wrong = Array.from({ length: 256 }, (_, x) => x).filter(
      (x) => x >> shift > threshold >> shift !== x > threshold,
    );
    expect(wrong).toEqual([]);
  }
});

test("property: what is above the raw threshold is what does not hold any more", () => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.float({ noNaN: true }), number, (threshold, x) => {
      const last = lastRaw("float32", (value) => !(value > threshold));
      expect(x > last).toBe(x > threshold);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 300 }), fc.integer({ min: 0, max: 255 }), (threshold, x) => {
      expect(x > lastRaw("uint8", (value) => value <= threshold)).toBe(x > threshold);
    }),
  );
});
