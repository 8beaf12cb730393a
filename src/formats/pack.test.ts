import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeRange, pack, unpack } from "./index.ts";

const widths = fc.record({ bits: fc.integer({ min: 1, max: 16 }), signed: fc.boolean() });
const stream = widths.chain(({ bits, signed }) =>
  fc.record({
    bits: fc.constant(bits),
    signed: fc.constant(signed),
    codes: fc.array(fc.integer(codeRange(bits, signed)), { maxLength: 70 }),
  }),
);

describe("pack", () => {
  test("unpacking gives the codes back, and no byte is wasted", () => {
    fc.assert(
      fc.property(stream, ({ bits, signed, codes }) => {
        const bytes = pack(codes, bits, signed);
        expect(bytes.length).toBe(Math.ceil((codes.length * bits) / 8));
        expect([...unpack(bytes, codes.length, bits, signed)]).toEqual(codes);
      }),
      { numRuns: 500 },
    );
  });

  test("two and four bits lie in ONNX's order: the first element in the lowest bits", () => {
    expect([...pack([1, -8, 7], 4, true)]).toEqual([0x81, 0x07]);
    expect([...pack([3, 0, 1, 2], 2, false)]).toEqual([0b10_01_00_11]);
  });

  test("odd widths run across byte borders", () => {
    // 5 bits: 1, 31, 2 → 00010 11111 00001, lowest bits first
    expect([...pack([1, 31, 2], 5, false)]).toEqual([0b111_00001, 0b0_00010_11]);
  });

  test("refuses what does not fit", () => {
    expect(() => pack([4], 3, true)).toThrow(
      expect.objectContaining({ code: "format.pack", expected: expect.stringContaining("-4 to 3") }),
    );
    expect(() => pack([0.5], 3, true)).toThrow(expect.objectContaining({ code: "format.pack" }));
    expect(() => pack([0], 17, true)).toThrow(expect.objectContaining({ code: "format.bits" }));
    expect(() => unpack([0, 0], 3, 5, true).length).not.toThrow();
    expect(() => unpack([0], 3, 5, true)).toThrow(expect.objectContaining({ code: "format.pack", got: "1 bytes" }));
  });
});
