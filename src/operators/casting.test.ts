/** @file Casting: laws over random values, the rounding modes of power-of-two scales, and what is refused. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, type DType, dtypes, isInteger, kindOf } from "../base/dtype.ts";
import { bitsToFloat, type SoftFloat } from "../base/soft-float.ts";
import { f32, numbers, tensor } from "../base/tensor.ts";
import { type CastOptions, castTensor } from "./casting.ts";

const plain: CastOptions = { saturate: true, round_mode: "up" };
const integers = dtypes.filter(isInteger);
const cast = (from: DType, values: readonly (number | bigint | string)[], to: DType, options = plain) =>
  castTensor(tensor(from, [values.length], values), to, options);

describe("castTensor", () => {
  it("wraps integers as two's complement, from every integer type to every other", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...integers),
        fc.constantFrom(...integers),
        fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
        (from, to, any) => {
          const wrap = (dtype: DType, value: bigint) =>
            kindOf(dtype) === "int" ? BigInt.asIntN(bitsOf(dtype), value) : BigInt.asUintN(bitsOf(dtype), value);
          const value = wrap(from, any);
          const given = bitsOf(from) === 64 ? value : Number(value);
          expect(BigInt(cast(from, [given], to).data[0] as bigint)).toBe(wrap(to, value));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("truncates floats towards zero", () => {
    fc.assert(
      fc.property(fc.constantFrom(...integers), fc.double({ min: 0, max: 1, noNaN: true }), (to, share) => {
        const reach = 2 ** Math.min(52, bitsOf(to) - 1) - 1;
        const signed = kindOf(to) === "int" ? (2 * share - 1) * reach : share * reach;
        expect(Number(cast("float64", [signed], to).data[0])).toBe(Math.trunc(signed) + 0);
      }),
    );
  });

  it("rounds to the nearest small float: no other pattern lies closer", () => {
    const types: readonly SoftFloat[] = [
      "float8e4m3fn",
      "float8e4m3fnuz",
      "float8e5m2",
      "float8e5m2fnuz",
      "float4e2m1",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.double({ min: -6, max: 6, noNaN: true }), (to, value) => {
        const chosen = numbers(cast("float64", [value], to))[0]!;
        const all = Array.from({ length: 2 ** bitsOf(to) }, (_, pattern) => bitsToFloat(to, pattern)).filter(
          Number.isFinite,
        );
        const nearest = Math.min(...all.map((candidate) => Math.abs(candidate - value)));
        expect(Math.abs(chosen - value)).toBe(nearest);
      }),
      { numRuns: 500 },
    );
  });

  it("saturates small floats or lets them overflow", () => {
    const far = [1e6, -1e6, Number.POSITIVE_INFINITY];
    const loose = { ...plain, saturate: false };
    expect(Array.from(numbers(cast("float32", far, "float8e4m3fn")))).toEqual([448, -448, 448]);
    expect(Array.from(numbers(cast("float32", far, "float8e4m3fn", loose)))).toEqual([NaN, NaN, NaN]);
    expect(Array.from(numbers(cast("float32", far, "float8e5m2")))).toEqual([57344, -57344, 57344]);
    expect(Array.from(numbers(cast("float32", far, "float8e5m2", loose)))).toEqual([Infinity, -Infinity, Infinity]);
    expect(Array.from(numbers(cast("float32", far, "float16")))).toEqual([Infinity, -Infinity, Infinity]);
  });

  it.each([
    ["up", [2, 2, 2, 4, 2 ** 127]],
    ["down", [1, 1, 1, 4, 2 ** 127]],
    ["nearest", [1, 2, 2, 4, 2 ** 127]],
  ] as const)("rounds power-of-two scales %s", (round_mode, expected) => {
    const values = [1.4, 1.5, 1.6, 4, 3e38];
    expect(Array.from(numbers(cast("float32", values, "float8e8m0", { ...plain, round_mode })))).toEqual(expected);
  });

  it("keeps unsigned and signed apart beyond their ranges", () => {
    expect(cast("float32", [3e9, -1, NaN], "int32").data).toEqual(Int32Array.of(-(2 ** 31), -1, -(2 ** 31)));
    expect(cast("float32", [3e9, -1], "uint32").data).toEqual(Uint32Array.of(3e9, 2 ** 32 - 1));
    expect(cast("float64", [1e19, NaN], "int64").data).toEqual(BigInt64Array.of(-(2n ** 63n), -(2n ** 63n)));
    expect(cast("float64", [1e19], "uint64").data).toEqual(BigUint64Array.of(10n ** 19n));
  });

  it("reads and writes text", () => {
    expect(cast("string", ["+INF", "nan", " 2.5 ", "1e3"], "float32")).toEqual(f32([4], [Infinity, NaN, 2.5, 1000]));
    expect(cast("string", ["9007199254740993", "-7"], "int64").data).toEqual(BigInt64Array.of(9007199254740993n, -7n));
    expect(cast("float32", [NaN, -Infinity, 100, 1e20, 12345678], "string").data).toEqual([
      "NaN",
      "-INF",
      "100",
      "1e+20",
      "12345678",
    ]);
    expect(cast("int64", [9007199254740993n], "string").data).toEqual(["9007199254740993"]);
    expect(cast("bool", [1, 0], "string").data).toEqual(["1", "0"]);
  });

  it("refuses text that is no number, and complex numbers", () => {
    expect(() => cast("string", ["hello"], "float32")).toThrow(expect.objectContaining({ code: "cast.text" }));
    expect(() => cast("string", [""], "int32")).toThrow(expect.objectContaining({ code: "cast.text" }));
    expect(() => castTensor(tensor("complex64", [1], [1, 2]), "float32", plain)).toThrow(
      expect.objectContaining({ code: "cast.complex" }),
    );
  });
});
