/**
 * @file Huffman codes and the bit stream of a baseline JPEG scan (ITU-T T.81, annexes C and F.2.2).
 * Kept apart from the rest because it is the hot loop: codes up to 9 bits are one table look-up.
 */

import { fail } from "../../base/errors.ts";

const lookBits = 9;

export interface HuffmanTable {
  /** For every 9-bit prefix: length·256 + symbol, or 0 where the code is longer. */
  readonly look: Uint16Array;
  /** Greatest code of each length 1..16, −1 where there is none; entry 17 ends the search. */
  readonly maxCode: Int32Array;
  /** `symbols` index of the first code of each length, minus that code. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * Builds the canonical code.
 * @param counts number of codes of each length 1..16
 * @param symbols symbols in order of their codes
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const look = new Uint16Array(1 << lookBits);
  const maxCode = new Int32Array(18).fill(-1);
  const offset = new Int32Array(18);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    offset[length] = next - code;
    for (let i = 0; i < count; i++, code++, next++) {
      if (length > lookBits) continue;
      const first = code << (lookBits - length);
      look.fill((length << 8) | symbols[next]!, first, first + (1 << (lookBits - length)));
    }
    if (count > 0) maxCode[length] = code - 1;
    if (code > 1 << length)
      fail({ code: "jpeg.huffman", message: "Huffman table has more codes than its lengths allow" });
    code <<= 1;
  }
  return { look, maxCode, offset, symbols };
}

/** Reads the entropy-coded segment; a byte FF 00 stands for FF, any other FF ends the segment. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position: number;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** Makes sure that `needed` (at most 25) bits are held; past the end of the segment zeros follow. */
  #fill(needed: number): void {
    const bytes = this.#bytes;
    while (this.#count < needed) {
      let byte = 0;
      if (this.#position < bytes.length) {
        byte = bytes[this.#position]!;
        if (byte !== 0xff) this.#position++;
        else if (bytes[this.#position + 1] === 0) this.#position += 2;
        else byte = this.#starve();
      } else byte = this.#starve();
      this.#held = ((this.#held << 8) | byte) >>> 0;
      this.#count += 8;
    }
  }

  #borrowed = 0;

  /** A look-ahead may reach past the end; bits that are then really used may not. */
  #starve(): number {
    this.#borrowed += 8;
    return 0;
  }

  #take(length: number): void {
    this.#count -= length;
    if (this.#count < this.#borrowed) {
      fail({
        code: "jpeg.truncated",
        message: "image data end inside a block",
        hint: "the file is cut off or damaged; get it again",
      });
    }
  }

  symbol(table: HuffmanTable): number {
    this.#fill(16);
    const prefix = (this.#held >>> (this.#count - lookBits)) & ((1 << lookBits) - 1);
    const entry = table.look[prefix]!;
    if (entry !== 0) {
      this.#take(entry >> 8);
      return entry & 255;
    }
    for (let length = lookBits + 1; length <= 16; length++) {
      const code = (this.#held >>> (this.#count - length)) & ((1 << length) - 1);
      if (code <= table.maxCode[length]!) {
        this.#take(length);
        return table.symbols[code + table.offset[length]!]!;
      }
    }
    return fail({ code: "jpeg.huffman", message: "image data hold a bit pattern that is no Huffman code" });
  }

  /** A signed number of `size` bits: F.2.2.1 RECEIVE and EXTEND. */
  number(size: number): number {
    if (size === 0) return 0;
    if (size > 15) fail({ code: "jpeg.huffman", message: `coefficient of ${size} bits`, expected: "at most 15 bits" });
    this.#fill(size);
    const value = (this.#held >>> (this.#count - size)) & ((1 << size) - 1);
    this.#take(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }
}
