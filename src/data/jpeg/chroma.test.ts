import { expect, test } from "vitest";
import { doubleChroma, toRgb } from "./chroma.ts";

test("doubles by the triangle filter, rounding 8 and 7 in turn", () => {
  // Columns 0, 16, 160: a row on its own has no vertical neighbour, so that 3a + a = 4a.
  const out = new Uint8Array(12);
  doubleChroma(Uint8ClampedArray.from([0, 16, 160]), 3, 1, out);
  // (16·0+8)>>4, (12·0+4·16+7)>>4, (12·16+4·0+8)>>4, (12·16+4·160+7)>>4, (12·160+4·16+8)>>4, (16·160+7)>>4
  expect([...out.subarray(0, 6)]).toEqual([0, 4, 12, 52, 124, 160]);
  expect([...out.subarray(6)]).toEqual([...out.subarray(0, 6)]);
});

test("vertical neighbours weigh one quarter", () => {
  const out = new Uint8Array(8);
  doubleChroma(Uint8ClampedArray.from([0, 100]), 1, 2, out);
  // rows: 0; 3·0+100 = 100 → 4·100/16 = 25; 3·100+0 = 300 → 75; 100
  expect([...out]).toEqual([0, 0, 25, 25, 75, 75, 100, 100]);
});

test("YCbCr to RGB is the formula of JFIF, rounded, within one grey value", () => {
  for (let y = 0; y < 256; y += 51) {
    for (let cb = 0; cb < 256; cb += 17) {
      for (let cr = 0; cr < 256; cr += 17) {
        const out = new Uint8ClampedArray(3);
        toRgb(Uint8ClampedArray.of(y), Uint8Array.of(cb), Uint8Array.of(cr), out);
        const exact = [y + 1.402 * (cr - 128), y - 0.34414 * (cb - 128) - 0.71414 * (cr - 128), y + 1.772 * (cb - 128)];
        for (const [i, value] of exact.entries()) {
          expect(Math.abs(out[i]! - Math.min(255, Math.max(0, value)))).toBeLessThan(0.51);
        }
      }
    }
  }
});
