import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DType } from "../base/dtype.ts";
import { FemtoError } from "../base/errors.ts";
import { sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { bytesOf } from "./dataset.ts";
import { formatNpy, parseNpy, readNpy, writeNpy } from "./npy.ts";

/** A version 1 file as NumPy 2.4 writes it: 10 bytes, the dictionary padded to 118 with a line end, the elements. */
function numpy(dictionary: string, elements: string): Uint8Array<ArrayBuffer> {
  const header = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${dictionary.padEnd(117)}\n`, "latin1");
  return new Uint8Array(Buffer.concat([header, Buffer.from(elements, "hex")]));
}
const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

// Elements printed by NumPy for the arrays named in the first column.
test.each<[string, string, string, string, string, DType, number[], unknown[]]>([
  [
    "[[1,-2,3],[4,5,-6]]",
    "<i4",
    "(2, 3)",
    "False",
    "01000000feffffff030000000400000005000000faffffff",
    "int32",
    [2, 3],
    [1, -2, 3, 4, 5, -6],
  ],
  ["[1,-2,258]", ">i2", "(3,)", "False", "0001fffe0102", "int16", [3], [1, -2, 258]],
  [
    "asfortranarray([[1.5,-2],[3,4.25],[0,-0.5]])",
    "<f8",
    "(3, 2)",
    "True",
    "000000000000f83f0000000000000840000000000000000000000000000000c00000000000001140000000000000e0bf",
    "float64",
    [3, 2],
    [1.5, -2, 3, 4.25, 0, -0.5],
  ],
  [
    "asfortranarray(arange(12).reshape(2,3,2))",
    ">f4",
    "(2, 3, 2)",
    "True",
    "0000000040c00000400000004100000040800000412000003f80000040e00000404000004110000040a0000041300000",
    "float32",
    [2, 3, 2],
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  ],
  [
    "[1,-0.5,65504,inf], as bits",
    "<f2",
    "(4,)",
    "False",
    "003c00b8ff7b007c",
    "float16",
    [4],
    [0x3c00, 0xb800, 0x7bff, 0x7c00],
  ],
  [
    "[1+2j,-3.5j], as pairs",
    ">c8",
    "(2,)",
    "False",
    "3f8000004000000080000000c0600000",
    "complex64",
    [2],
    [1, 2, -0, -3.5],
  ],
  ["[0,2**64-1]", "<u8", "(2,)", "False", "0000000000000000ffffffffffffffff", "uint64", [2], [0n, 2n ** 64n - 1n]],
  ["array(-5)", "<i8", "()", "False", "fbffffffffffffff", "int64", [], [-5n]],
  ["[True,False,True]", "|b1", "(3,)", "False", "010001", "bool", [3], [1, 0, 1]],
  [
    "['ab','ü','𝄞x']",
    "<U2",
    "(3,)",
    "False",
    "6100000062000000fc000000000000001ed1010078000000",
    "string",
    [3],
    ["ab", "ü", "𝄞x"],
  ],
  ["[b'yes',b'no']", "|S3", "(2,)", "False", "7965736e6f00", "string", [2], ["yes", "no"]],
  ["zeros((0,3))", "<f4", "(0, 3)", "False", "", "float32", [0, 3], []],
])("reads %s", (_, descr, shape, fortran, elements, dtype, dims, expected) => {
  const values = parseNpy(numpy(header(descr, shape, fortran), elements), "x.npy");
  expect(values.dtype).toBe(dtype);
  expect(values.dims).toEqual(dims);
  expect(Array.from(values.data as ArrayLike<unknown>)).toEqual(expected);
});

test("writes what NumPy writes", () => {
  const ours = formatNpy(tensor("int32", [2, 3], [1, -2, 3, 4, 5, -6]));
  const theirs = numpy(header("<i4", "(2, 3)"), "01000000feffffff030000000400000005000000faffffff");
  expect(Buffer.from(ours).equals(theirs)).toBe(true);
  const vector = formatNpy(tensor("bool", [3], [1, 0, 1]));
  expect(Buffer.from(vector).equals(numpy(header("|b1", "(3,)"), "010001"))).toBe(true);
});

const containers = {
  float32: fc.float(),
  float64: fc.double(),
  float16: fc.constantFrom(0, 1, -2.5, 65504, Number.POSITIVE_INFINITY, Number.NaN),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint8: fc.integer({ min: 0, max: 255 }),
  uint16: fc.integer({ min: 0, max: 65535 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  bool: fc.boolean(),
  complex64: fc.float(),
  complex128: fc.double(),
  // NumPy pads with zeros, so that text which ends in a zero cannot come back.
  string: fc.string({ unit: "binary", maxLength: 4 }).filter((text) => !text.endsWith("\0")),
} as const satisfies Partial<Record<DType, fc.Arbitrary<unknown>>>;

const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(containers) as (keyof typeof containers)[])),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  )
  .chain(([dtype, dims]) => {
    const size = sizeOf(dims) * (dtype.startsWith("complex") ? 2 : 1);
    return fc
      .array(containers[dtype] as fc.Arbitrary<number>, { minLength: size, maxLength: size })
      .map((values) => tensor(dtype, dims, values));
  });

test("write then read is the identity, bit for bit", () => {
  fc.assert(
    fc.property(anyTensor, (values) => {
      const back = parseNpy(formatNpy(values), "x");
      expect(back.dtype).toBe(values.dtype);
      expect(back.dims).toEqual(values.dims);
      expect(Buffer.from(bytesOf(back)).equals(bytesOf(values))).toBe(true);
    }),
  );
});

test("files, plain and gzipped", () => {
  const folder = mkdtempSync(join(tmpdir(), "femto-npy-"));
  try {
    const values = tensor("float32", [2], [1.5, -2]);
    writeNpy(join(folder, "deep", "x.npy"), values);
    expect(readNpy(join(folder, "deep", "x.npy"))).toEqual(values);
    writeFileSync(join(folder, "x.npy.gz"), gzipSync(formatNpy(values)));
    expect(readNpy(join(folder, "x.npy.gz"))).toEqual(values);
    expect(() => readNpy(join(folder, "none.npy"))).toThrow(expect.objectContaining({ code: "file.read" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ["empty", new Uint8Array(0), "npy.magic"],
  ["a zip", new Uint8Array(Buffer.from("PK\x03\x04________")), "npy.magic"],
  ["version 9", new Uint8Array(Buffer.from("\x93NUMPY\x09\x00\x01\x00 ", "latin1")), "npy.version"],
  ["header cut off", numpy(header("<f4", "(1,)"), "").slice(0, 40), "npy.truncated"],
  ["no shape", numpy("{'descr': '<f4', 'fortran_order': False, }", ""), "npy.header"],
  ["elements cut off", numpy(header("<f4", "(2,)"), "0000803f00"), "npy.size"],
  ["elements left over", numpy(header("<f4", "(1,)"), "0000803f00"), "npy.size"],
  ["impossible shape", numpy(header("<f4", "(99999999999, 99999999999)"), "0000803f"), "npy.size"],
  ["Python objects", numpy(header("|O", "(1,)"), "80049500"), "npy.dtype"],
  ["records", numpy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "0000803f"), "npy.dtype"],
  ["long double", numpy(header("<f16", "(1,)"), "00".repeat(16)), "npy.dtype"],
])("refused: %s", (_, bytes, code) => {
  expect(() => parseNpy(bytes as Uint8Array<ArrayBuffer>, "x.npy")).toThrow(
    expect.objectContaining({ code, where: "x.npy", expected: expect.any(String), got: expect.any(String) }),
  );
});

test("types that NumPy lacks are not written", () => {
  expect(() => formatNpy(tensor("bfloat16", [1], [1]))).toThrow(expect.objectContaining({ code: "npy.dtype" }));
});

test("a changed byte gives another array or a clear error, never a crash", () => {
  const whole = formatNpy(tensor("int16", [3], [1, 2, 3]));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (position, flip) => {
      const damaged = whole.slice();
      damaged[position]! ^= flip;
      try {
        expect(sizeOf(parseNpy(damaged, "x").dims)).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(FemtoError);
      }
    }),
    { numRuns: 1000 },
  );
});
