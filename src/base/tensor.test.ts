import { describe, expect, it } from "vitest";
import { i64, numbers, tensor } from "./tensor.ts";

describe("tensor", () => {
  it("keeps the largest 64-bit integers, which numbers round up to the next power of two", () => {
    expect(i64([Number(2n ** 63n - 1n), -(2 ** 63), 2 ** 53]).data).toEqual(
      BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n),
    );
    expect(tensor("uint64", [1], [Number(2n ** 64n - 1n)]).data).toEqual(BigUint64Array.of(2n ** 64n - 1n));
    expect(tensor("int64", [1], [2n ** 63n - 1n]).data).toEqual(BigInt64Array.of(2n ** 63n - 1n));
  });

  it("refuses a number of elements that does not fit the shape", () => {
    expect(() => tensor("float32", [2, 2], [1, 2, 3])).toThrow(expect.objectContaining({ code: "tensor.size" }));
  });

  it("encodes half floats and decodes them again", () => {
    expect(Array.from(numbers(tensor("float16", [3], [0.5, -2, 65504])))).toEqual([0.5, -2, 65504]);
  });
});
