/** @file Values as bit planes: bit b of 32 values becomes one word. */

import type { PortValues } from "./stimulus.ts";

/**
 * Transposes 32 words of 32 bits in place: bit l of row b becomes bit b of row l. In five rounds, blocks of half the size
 * change places across the diagonal (Warren, Hacker's Delight, section 7-3, bits numbered from the least significant).
 */
export function transpose32(rows: Int32Array): void {
  for (let size = 16, mask = 0x0000ffff; size > 0; size >>= 1, mask ^= mask << size) {
    for (let row = 0; row < 32; row = (row + size + 1) & ~size) {
      const swap = ((rows[row]! >>> size) ^ rows[row + size]!) & mask;
      rows[row + size]! ^= swap;
      rows[row]! ^= swap << size;
    }
  }
}

const rows = new Int32Array(32);

/** Bits 32·half … 32·half + 31 of a value in two's complement, as a 32-bit integer. */
function part(value: number | bigint, half: number): number {
  if (typeof value === "bigint") return Number(BigInt.asIntN(32, value >> BigInt(32 * half)));
  return half === 0 ? value | 0 : Math.floor(value / 2 ** 32) | 0;
}

/**
 * Puts bit b of `values[indices[first + l]]` into bit l of `planes[b]`, for 32 indices.
 * @param planes at least `width` words
 */
export function bitPlanes(
  values: PortValues,
  indices: ArrayLike<number>,
  first: number,
  width: number,
  planes: Int32Array,
): void {
  for (let half = 0; 32 * half < width; half++) {
    if (typeof values === "number") rows.fill(part(values, half));
    else for (let lane = 0; lane < 32; lane++) rows[lane] = part(values[indices[first + lane]!]!, half);
    transpose32(rows);
    planes.set(width - 32 * half >= 32 ? rows : rows.subarray(0, width - 32 * half), 32 * half);
  }
}
