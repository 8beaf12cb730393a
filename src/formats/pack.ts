/**
 * @file Packing of codes of 1 to 16 bits into bytes. One order for all widths: a stream of bits in which the first
 * element takes the lowest bits. For 2 and 4 bits this is ONNX's order of INT2, UINT2, INT4 and UINT4; widths that do
 * not divide 8 (3, 5, 6, 7 …) run on across byte borders, so that n elements take ⌈n·bits/8⌉ bytes and no more.
 */

import { fail } from "../base/errors.ts";
import { codeRange } from "./int.ts";

function checkWidth(bits: number): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > 16) {
    fail({ code: "format.bits", message: "bit-width is out of range", expected: "1 to 16", got: `${bits}` });
  }
}

/**
 * Packs codes, signed ones as two's complement. The last byte is filled up with zeros.
 * @throws FemtoError `format.pack` where a code does not fit
 */
export function pack(codes: ArrayLike<number>, bits: number, signed: boolean): Uint8Array<ArrayBuffer> {
  checkWidth(bits);
  const { min, max } = codeRange(bits, signed);
  const mask = 2 ** bits - 1;
  const bytes = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  let pending = 0;
  let filled = 0;
  let next = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!Number.isInteger(code) || code < min || code > max) {
      fail({
        code: "format.pack",
        message: `code ${i} does not fit`,
        expected: `an integer from ${min} to ${max}`,
        got: `${code}`,
      });
    }
    pending |= (code & mask) << filled;
    filled += bits;
    for (; filled >= 8; filled -= 8) {
      bytes[next++] = pending & 255;
      pending >>>= 8;
    }
  }
  if (filled > 0) bytes[next] = pending;
  return bytes;
}

/** Takes `count` codes out of packed bytes. @throws FemtoError `format.pack` where the length is wrong */
export function unpack(
  bytes: ArrayLike<number>,
  count: number,
  bits: number,
  signed: boolean,
): Int32Array<ArrayBuffer> {
  checkWidth(bits);
  const length = Math.ceil((count * bits) / 8);
  if (bytes.length !== length) {
    fail({
      code: "format.pack",
      message: `${count} codes of ${bits} bits have a wrong length`,
      expected: `${length} bytes`,
      got: `${bytes.length} bytes`,
    });
  }
  const mask = 2 ** bits - 1;
  const sign = signed ? 2 ** (bits - 1) : 0;
  const codes = new Int32Array(count);
  let pending = 0;
  let filled = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    for (; filled < bits; filled += 8) pending |= bytes[next++]! << filled;
    codes[i] = ((pending & mask) ^ sign) - sign;
    pending >>>= bits;
    filled -= bits;
  }
  return codes;
}
