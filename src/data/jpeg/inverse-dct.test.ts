import fc from "fast-check";
import { expect, test } from "vitest";
import { inverseDct } from "./inverse-dct.ts";

/** The definition (T.81, A.3.3) in double precision. */
function byDefinition(coefficients: ArrayLike<number>): number[] {
  const c = (k: number) => (k === 0 ? Math.SQRT1_2 : 1);
  return Array.from({ length: 64 }, (_, place) => {
    const [y, x] = [place >> 3, place & 7];
    let sum = 0;
    for (let v = 0; v < 8; v++) {
      for (let u = 0; u < 8; u++) {
        const wave = Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.cos(((2 * y + 1) * v * Math.PI) / 16);
        sum += c(u) * c(v) * coefficients[8 * v + u]! * wave;
      }
    }
    return Math.min(255, Math.max(0, sum / 4 + 128));
  });
}

test("differs from the definition by less than one grey value", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 64, maxLength: 64 }), (list) => {
      const plane = new Uint8ClampedArray(64);
      inverseDct(Int32Array.from(list), plane, 0, 8);
      for (const [i, exact] of byDefinition(list).entries()) expect(Math.abs(plane[i]! - exact)).toBeLessThan(1);
    }),
  );
});

test("writes one block of a wider plane", () => {
  const plane = new Uint8ClampedArray(16 * 16);
  const coefficients = new Int32Array(64);
  coefficients[0] = 8 * 50;
  inverseDct(coefficients, plane, 8 * 16 + 8, 16);
  expect(plane[8 * 16 + 8]).toBe(178);
  expect(plane[15 * 16 + 15]).toBe(178);
  expect(plane.filter((value) => value === 178)).toHaveLength(64);
});
