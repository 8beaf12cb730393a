import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { f32, scalar, tensor } from "../base/tensor.ts";
import {
  codeRange,
  type Format,
  float,
  floatNames,
  type IntFields,
  int,
  packedBytes,
  parseFormat,
  storedBits,
} from "./index.ts";

const scale = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

const intFields: fc.Arbitrary<IntFields> = fc
  .record({ bits: fc.integer({ min: 1, max: 16 }), signed: fc.boolean(), narrow: fc.boolean() })
  .chain(({ bits, signed, narrow: wanted }) => {
    const narrow = wanted && signed && bits > 1;
    const zero = narrow ? fc.constant(0) : fc.integer(codeRange(bits, signed));
    const one = fc.record({
      bits: fc.constant(bits),
      signed: fc.constant(signed),
      narrow: fc.constant(narrow),
      scale,
      zero,
    });
    const many = fc.integer({ min: 2, max: 4 }).chain((count) =>
      fc.record({
        bits: fc.constant(bits),
        signed: fc.constant(signed),
        narrow: fc.constant(narrow),
        scale: fc.array(scale, { minLength: count, maxLength: count }),
        zero: fc.array(zero, { minLength: count, maxLength: count }),
        axis: fc.integer({ min: 0, max: 3 }),
      }),
    );
    return fc.oneof(one, many);
  });

const anyFormat: fc.Arbitrary<Format> = fc.oneof(fc.constantFrom(...floatNames).map(float), intFields.map(int));
const value = fc.oneof(
  fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

describe("every format", () => {
  test("reads back from its printed form", () => {
    fc.assert(
      fc.property(anyFormat, (format) => {
        const read = parseFormat(format.id);
        expect(read.id).toBe(format.id);
        expect({ ...read, encode: 0, decode: 0, round: 0 }).toEqual({ ...format, encode: 0, decode: 0, round: 0 });
      }),
    );
  });

  test("rounding is idempotent, monotone and stays in range", () => {
    fc.assert(
      fc.property(anyFormat, value, value, (format, a, b) => {
        const [ra, rb] = [format.round(a), format.round(b)];
        expect(format.round(ra)).toBe(ra);
        if (a <= b) expect(ra).toBeLessThanOrEqual(rb);
        if (Number.isFinite(ra)) {
          expect(ra).toBeGreaterThanOrEqual(format.min);
          expect(ra).toBeLessThanOrEqual(format.max);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("every code that encode gives is the code of its own value", () => {
    fc.assert(
      fc.property(anyFormat, value, (format, x) => {
        const code = format.encode(x);
        expect(format.encode(format.decode(code))).toBe(code);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("integer formats", () => {
  test("round half to even and saturate", () => {
    const format = int({ bits: 4, signed: true, narrow: true, scale: 1 });
    expect([0.5, 1.5, 2.5, -0.5, -2.5, 9, -9].map((x) => format.encode(x) + 0)).toEqual([0, 2, 2, 0, -2, 7, -7]);
    expect(int({ bits: 4, signed: true, scale: 1 }).encode(-9)).toBe(-8);
  });

  test("two narrow bits are ternary, one unsigned bit is binary", () => {
    const ternary = int({ bits: 2, signed: true, narrow: true, scale: 0.5 });
    expect([-3, -0.3, 0.2, 0.26].map((x) => ternary.round(x) + 0)).toEqual([-0.5, -0.5, 0, 0.5]);
    expect(int({ bits: 1, signed: false, scale: 2 }).round(1.2)).toBe(2);
  });

  test("an integer zero point represents zero exactly", () => {
    fc.assert(
      fc.property(intFields, (fields) => {
        expect(int(fields).round(0)).toBe(0);
      }),
    );
  });

  test("channels have scales and zero points of their own", () => {
    const format = int({ bits: 8, signed: false, scale: [1, 0.5], zero: [0, 128], axis: 1 });
    expect(format.encode(3, 0)).toBe(3);
    expect(format.encode(3, 1)).toBe(134);
    expect(format.id).toBe("uint8 axis=1 scale=1,0.5 zero=0,128");
    expect([format.min, format.max]).toEqual([-64, 255]);
  });

  test("count their bits, shared ones included", () => {
    const format = int({ bits: 5, signed: true, narrow: true, scale: [1, 2, 3], axis: 0 });
    expect(storedBits(format, 100)).toBe(500 + 3 * 32);
    expect(packedBytes(format, 100)).toBe(63);
    expect(format.container).toBe("int8");
  });

  test.each<[string, IntFields, string]>([
    ["no bits", { bits: 0, signed: true, scale: 1 }, "format.bits"],
    ["seventeen bits", { bits: 17, signed: true, scale: 1 }, "format.bits"],
    ["a narrow grid of one bit", { bits: 1, signed: true, narrow: true, scale: 1 }, "format.bits"],
    ["a narrow unsigned grid", { bits: 4, signed: false, narrow: true, scale: 1 }, "format.bits"],
    ["a scale of zero", { bits: 4, signed: true, scale: 0 }, "format.scale"],
    ["a scale that vanishes in float32", { bits: 4, signed: true, scale: 1e-60 }, "format.scale"],
    ["a scale whose values overflow", { bits: 4, signed: true, scale: 1e38 }, "format.scale"],
    ["NaN as scale", { bits: 4, signed: true, scale: Number.NaN }, "format.scale"],
    ["scales without an axis", { bits: 4, signed: true, scale: [1, 2] }, "format.scale"],
    ["a zero point that is no code", { bits: 4, signed: false, scale: 1, zero: 16 }, "format.zero"],
    ["a zero point that is no integer", { bits: 4, signed: false, scale: 1, zero: 1.5 }, "format.zero"],
    ["a zero point on a narrow grid", { bits: 4, signed: true, narrow: true, scale: 1, zero: 1 }, "format.zero"],
  ])("refuse %s", (_, fields, code) => {
    expect(() => int(fields)).toThrow(expect.objectContaining({ code }));
  });

  test("have no code for NaN", () => {
    expect(() => int({ bits: 4, signed: true, scale: 1 }).encode(Number.NaN)).toThrow(/NaN/);
  });
});

describe("float formats", () => {
  test("agree with the tensor room on what a half is", () => {
    for (const x of [0.1, -3.25, 6e-8, 65504, 1e-9]) {
      expect(float("float16").encode(x)).toBe(tensor("float16", [1], [x]).data[0]);
      expect(float("bfloat16").encode(x)).toBe(scalar("bfloat16", x).data[0]);
      expect(float("float32").round(x)).toBe(f32([1], [x]).data[0]);
    }
  });

  test.each([
    ["float32", 3.4028234663852886e38, 32],
    ["float16", 65504, 16],
    ["bfloat16", 3.3895313892515355e38, 16],
    ["float8e4m3fn", 448, 8],
    ["float8e5m2", 57344, 8],
    ["float4e2m1", 6, 4],
  ] as const)("%s reaches %d in %i bits", (name, max, bits) => {
    const format = float(name);
    expect([format.max, format.min, format.bits]).toEqual([max, -max, bits]);
  });
});

test.each(["int5", "int5 scale=", "uint4 scale=1 zero=1.2.3", "float12", "", "int4 scale=nan", "narrow int4 scale=1"])(
  'parseFormat refuses "%s"',
  (text) => {
    expect(() => parseFormat(text)).toThrow(expect.objectContaining({ code: "format.parse" }));
  },
);

test("docs/formats.md: every format of its table reads, with the bits it says", () => {
  const page = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => /^\| `(u?int|b?float)/.test(line));
  const stated = rows.flatMap((line) => {
    const [, texts, , bits] = line.split("|");
    const widths = bits!.split(",").map(Number);
    return [...texts!.matchAll(/`([^`]+)`/g)].map((match, i) => [match[1]!, widths[i] ?? widths[0]!] as const);
  });
  expect(stated).toHaveLength(12);
  for (const [text, bits] of stated) expect(parseFormat(text)).toMatchObject({ id: text, bits });
  expect(storedBits(parseFormat("int5 narrow scale=0.25"), 100)).toBe(532);
});
