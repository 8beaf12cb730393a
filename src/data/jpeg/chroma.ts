/**
 * @file From halved chroma to RGB as libjpeg-turbo does it by default: triangle filter ("fancy upsampling",
 * jdsample.c h2v2) and the 16-bit fixed-point YCbCr conversion of jdcolor.c. Both are part of what makes pixels exact.
 */

/**
 * Doubles a plane in both directions. Every output sample is (9·nearest + 3·beside + 3·above or below + 1·diagonal)/16;
 * the rounding term alternates 8 and 7 along a row, and the border repeats.
 * @param source width × height
 * @param out 2·width × 2·height
 */
export function doubleChroma(source: Uint8ClampedArray, width: number, height: number, out: Uint8Array): void {
  const sums = new Int32Array(width);
  for (let row = 0; row < 2 * height; row++) {
    const near = row >> 1;
    const far = Math.min(height - 1, Math.max(0, row % 2 === 0 ? near - 1 : near + 1));
    for (let x = 0; x < width; x++) sums[x] = 3 * source[near * width + x]! + source[far * width + x]!;
    const start = 2 * row * width;
    for (let x = 0; x < width; x++) {
      const sum = 3 * sums[x]!;
      // At the border the missing neighbour is the sample itself: 3·s + s = 4·s.
      out[start + 2 * x] = (sum + sums[Math.max(0, x - 1)]! + 8) >> 4;
      out[start + 2 * x + 1] = (sum + sums[Math.min(width - 1, x + 1)]! + 7) >> 4;
    }
  }
}

const fixed = (value: number): number => Math.round(value * 65536);
const half = 32768;
const around = (of: (x: number) => number): Int32Array => Int32Array.from({ length: 256 }, (_, i) => of(i - 128));

const redOfCr = around((x) => (fixed(1.402) * x + half) >> 16);
const blueOfCb = around((x) => (fixed(1.772) * x + half) >> 16);
const greenOfCr = around((x) => -fixed(0.71414) * x);
const greenOfCb = around((x) => -fixed(0.34414) * x + half);

/**
 * R = Y + 1.402·Cr, G = Y − 0.34414·Cb − 0.71414·Cr, B = Y + 1.772·Cb, clamped.
 * @param out red, green and blue plane, one after another
 */
export function toRgb(y: Uint8ClampedArray, cb: Uint8Array, cr: Uint8Array, out: Uint8ClampedArray): void {
  const size = y.length;
  for (let i = 0; i < size; i++) {
    const light = y[i]!;
    out[i] = light + redOfCr[cr[i]!]!;
    out[size + i] = light + ((greenOfCb[cb[i]!]! + greenOfCr[cr[i]!]!) >> 16);
    out[2 * size + i] = light + blueOfCb[cb[i]!]!;
  }
}
