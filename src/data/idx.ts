/** @file IDX, the format of MNIST: two zero bytes, element type, number of dimensions, sizes, elements; all big-endian. */

import { bitsOf, type DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import { littleEndian } from "./byte-order.ts";
import { readUnpacked } from "./files.ts";

const types: Record<number, DType> = {
  8: "uint8",
  9: "int8",
  11: "int16",
  12: "int32",
  13: "float32",
  14: "float64",
};

/** Reads an `.idx` file, gzipped or not. */
export const readIdx = (path: string): Tensor => parseIdx(readUnpacked(path), path);

export function parseIdx(bytes: Uint8Array<ArrayBuffer>, where: string): Tensor {
  const dtype = types[bytes[2] ?? -1];
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || dtype === undefined || rank === 0) {
    return fail({
      code: "idx.magic",
      where,
      message: "not an IDX file",
      expected: "first bytes 00 00, element type 08..0e, number of dimensions",
      got: bytes.length === 0 ? "an empty file" : Buffer.from(bytes.subarray(0, 4)).toString("hex"),
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = 4 + 4 * rank;
  const dims = Array.from({ length: rank }, (_, axis) =>
    4 * axis + 8 <= bytes.length ? view.getUint32(4 + 4 * axis) : 0,
  );
  const need = start + (sizeOf(dims) * bitsOf(dtype)) / 8;
  if (bytes.length < start || bytes.length !== need) {
    fail({
      code: "idx.size",
      where,
      message: bytes.length < need || bytes.length < start ? "file ends early" : "file goes on after the last element",
      expected: `${need} bytes for ${dtype}[${dims.join(", ")}]`,
      got: `${bytes.length} bytes`,
      hint: "the file is cut off or damaged; get it again",
    });
  }
  return { dtype, dims, data: littleEndian(bytes.subarray(start), dtype, "big") };
}
