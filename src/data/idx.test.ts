import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { unpack } from "./files.ts";
import { parseIdx } from "./idx.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));

// Magic, sizes 2 × 2 × 3, elements: spelled out from the description on the page of MNIST.
const images = bytes("00000803 00000002 00000002 00000003 00 01 02 7f 80 ff 0a 0b 0c 0d 0e 0f");

test("images of bytes", () => {
  const values = parseIdx(images, "images.idx");
  expect(values.dtype).toBe("uint8");
  expect(values.dims).toEqual([2, 2, 3]);
  expect([...(values.data as Uint8Array)]).toEqual([0, 1, 2, 127, 128, 255, 10, 11, 12, 13, 14, 15]);
});

test.each([
  ["00000901 00000002 ff 80", "int8", [-1, -128]],
  ["00000b01 00000002 0102 fffe", "int16", [258, -2]],
  ["00000c01 00000001 80000000", "int32", [-(2 ** 31)]],
  ["00000d01 00000002 3fc00000 c0100000", "float32", [1.5, -2.25]],
  ["00000e01 00000001 3ff8000000000000", "float64", [1.5]],
])("big-endian elements: %s", (hex, dtype, expected) => {
  const values = parseIdx(bytes(hex), "x.idx");
  expect(values.dtype).toBe(dtype);
  expect([...(values.data as Float64Array)]).toEqual(expected);
});

test("gzip is undone by magic number", () => {
  expect(unpack(gzipSync(images) as Buffer<ArrayBuffer>, "x").equals(images)).toBe(true);
  expect(() => unpack(gzipSync(images).subarray(0, 20) as Buffer<ArrayBuffer>, "x")).toThrow(
    expect.objectContaining({ code: "file.gzip", where: "x" }),
  );
});

test.each([
  ["", "idx.magic"],
  ["504b0304", "idx.magic"],
  ["00000a01 00000001 00", "idx.magic"],
  ["00000800", "idx.magic"],
  ["00000802 00000001", "idx.size"],
  ["00000801 00000003 0102", "idx.size"],
  ["00000801 00000001 0102", "idx.size"],
  ["00000804 ffffffff ffffffff ffffffff ffffffff", "idx.size"],
])("refused: %s", (hex, code) => {
  expect(() => parseIdx(bytes(hex), "x.idx")).toThrow(
    expect.objectContaining({ code, where: "x.idx", expected: expect.any(String), got: expect.any(String) }),
  );
});

test("a file cut anywhere is refused", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: images.length - 1 }), (length) => {
      expect(() => parseIdx(images.slice(0, length), "x")).toThrow(FemtoError);
    }),
  );
});
