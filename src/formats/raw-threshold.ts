/**
 * @file Thresholds on raw samples: where a network compares normalised numbers, hardware compares raw ones with another
 * constant that decides the same.
 */

/** The greatest raw value for which a falling condition holds; −1 or −∞ for none. */
export const lastRaw = (dtype: "uint8" | "float32", isBelow: (value: number) => boolean): number =>
  dtype === "uint8" ? lastByte(isBelow) : lastFloat(isBelow);

/** The greatest byte for which a falling condition holds; −1 for none. */
function lastByte(isBelow: (value: number) => boolean): number {
  let last = -1;
  while (last < 255 && isBelow(last + 1)) last++;
  return last;
}

const buffer = new DataView(new ArrayBuffer(4));

/** The float32 at a place of the order of all finite ones, −(2³¹ − 2²³) … 2³¹ − 2²³. */
function floatAt(place: number): number {
  buffer.setUint32(0, place < 0 ? (0x80000000 + -place - 1) >>> 0 : place);
  return buffer.getFloat32(0);
}

/** The greatest finite float32 for which a falling condition holds; −∞ for none. */
function lastFloat(isBelow: (value: number) => boolean): number {
  let [low, high] = [-0x7f800001, 0x7f7fffff];
  if (isBelow(floatAt(high))) return floatAt(high);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isBelow(floatAt(middle))) low = middle;
    else high = middle;
  }
  return low === -0x7f800001 ? Number.NEGATIVE_INFINITY : floatAt(low);
}

/** Bits of a byte that x > t compares: x ≥ t + 1, and those below the lowest one of t + 1 decide nothing. */
export function comparedBits(threshold: number): number {
  let [rest, bits] = [threshold + 1, 8];
  while (bits > 1 && (rest & 1) === 0) [rest, bits] = [rest >> 1, bits - 1];
  return bits;
}
