/**
 * @file The price of reading an SRAM at 45 nm by its size: the cubic that QKeras fits through Horowitz's three sizes, in
 * x = log2(size in bits). Picojoules per bit: 0.15625 at 8 KB, 0.3125 at 32 KB, 1.5625 at 1 MB.
 */

const [c1, c2, c3] = [0.208900804, -0.0268847858, 9.02427321e-4] as const;

/** Below x = 14.56 (3 KB) the cubic rises again, which no memory does: its lowest point, where the slope is zero. */
const smallest = (-c2 + Math.sqrt(c2 ** 2 - 3 * c3 * c1)) / (3 * c3);

/** 4 MB: beyond, the fit has nothing to rest on. */
const largest = 25;

/** pJ per bit read; sizes below 3 KB and above 4 MB are priced as these. */
export function sramReadPerBit(sizeBits: number): number {
  const x = Math.min(largest, Math.max(smallest, Math.log2(sizeBits)));
  return x * (c1 + x * (c2 + x * c3));
}
