import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, integerRange } from "../base/dtype.ts";
import { pack, packedLength, unpack } from "./sub-byte.ts";

const types = ["int4", "uint4", "int2", "uint2"] as const;

describe("sub-byte elements", () => {
  it.each(types)("%s: unpacking undoes packing, in ⌈n·bits/8⌉ bytes", (dtype) => {
    const { min, max } = integerRange(dtype);
    const element = fc.integer({ min: Number(min), max: Number(max) });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 40 }), (elements) => {
        const packed = pack(dtype, Int8Array.from(elements));
        expect(packed.length).toBe(Math.ceil((elements.length * bitsOf(dtype)) / 8));
        expect(packed.length).toBe(packedLength(dtype, elements.length));
        const back = new Int8Array(elements.length);
        unpack(dtype, packed, back);
        expect([...back]).toEqual(elements);
      }),
    );
  });

  it("puts the first element into the lowest bits, as ONNX does", () => {
    expect([...pack("uint4", Uint8Array.of(1, 2, 15))]).toEqual([0x21, 0x0f]);
    expect([...pack("int4", Int8Array.of(-1, 7, -8))]).toEqual([0x7f, 0x08]);
    expect([...pack("uint2", Uint8Array.of(0, 1, 2, 3, 1))]).toEqual([0b11100100, 0b01]);
    expect([...pack("int2", Int8Array.of(-2, -1, 0, 1))]).toEqual([0b01001110]);
  });

  it("refuses what does not fit", () => {
    expect(() => pack("int4", Int8Array.of(0, 8))).toThrow(/element 1 does not fit int4/);
    expect(() => pack("uint2", Uint8Array.of(4))).toThrow(/element 0 does not fit uint2/);
  });
});
