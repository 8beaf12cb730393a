/** @file NumPy arrays: `.npy` bytes to a tensor and back. Both byte orders and Fortran order are read; C order, little-endian is written. */

import { bitsOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";
import { littleEndian } from "./byte-order.ts";
import { bytesOf } from "./dataset.ts";
import { readUnpacked, writeAtomic } from "./files.ts";
import { parseNpyHeader, writeNpyHeader } from "./npy-header.ts";
import { transposed } from "./transpose.ts";

/** Reads a `.npy` file, gzipped or not. */
export const readNpy = (path: string): Tensor => parseNpy(readUnpacked(path), path);

export function parseNpy(bytes: Uint8Array<ArrayBuffer>, where: string): Tensor {
  const { type, order, fortran, shape, end } = parseNpyHeader(bytes, where);
  const width = typeof type === "string" ? bitsOf(type) / 8 : type.width * (type.text === "U" ? 4 : 1);
  const need = sizeOf(shape) * width;
  if (bytes.length - end !== need) {
    fail({
      code: "npy.size",
      where,
      message: bytes.length - end < need ? "elements end early" : "file goes on after the last element",
      expected: `${need} bytes for shape [${shape.join(", ")}]`,
      got: `${bytes.length - end} bytes`,
      hint: "the file is cut off or damaged; save it again",
    });
  }
  const body = bytes.subarray(end);
  // Fortran order is row-major order of the reversed shape.
  const dims = fortran ? [...shape].reverse() : [...shape];
  const stored: Tensor =
    typeof type === "string"
      ? { dtype: type, dims, data: littleEndian(body, type, order) }
      : { dtype: "string", dims, data: texts(body, type.text, type.width, order, sizeOf(shape)) };
  if (!fortran || dims.length < 2) return stored;
  return transposed(
    stored,
    dims.map((_, axis) => dims.length - 1 - axis),
  );
}

/** Fixed-width text, padded with zeros. */
function texts(
  bytes: Uint8Array<ArrayBuffer>,
  kind: "U" | "S",
  width: number,
  order: "little" | "big",
  size: number,
): string[] {
  if (kind === "S") {
    return Array.from({ length: size }, (_, i) =>
      Buffer.from(bytes.subarray(i * width, (i + 1) * width))
        .toString("utf8")
        .replace(/\0+$/, ""),
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: size }, (_, i) => {
    let text = "";
    for (let j = 0; j < width; j++) {
      const code = view.getUint32(4 * (i * width + j), order === "little");
      text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    }
    return text.replace(/\0+$/, "");
  });
}

/** The bytes of a `.npy` file. */
export function formatNpy(values: Tensor): Uint8Array<ArrayBuffer> {
  const strings = values.dtype === "string" ? (values.data as string[]).map((text) => [...text]) : [];
  const characters = strings.reduce((most, text) => Math.max(most, text.length), 1);
  const header = writeNpyHeader(values.dtype, values.dims, characters);
  const body = values.dtype === "string" ? ucs4(strings, characters) : bytesOf(values);
  const out = new Uint8Array(header.length + body.length);
  out.set(header);
  out.set(body, header.length);
  return out;
}

function ucs4(strings: string[][], characters: number): Uint8Array {
  const codes = new Uint32Array(strings.length * characters);
  for (const [i, text] of strings.entries()) {
    for (const [j, character] of text.entries()) codes[i * characters + j] = character.codePointAt(0)!;
  }
  return new Uint8Array(codes.buffer);
}

/** Writes a `.npy` file, all or nothing. */
export const writeNpy = (path: string, values: Tensor): void => writeAtomic(path, formatNpy(values));
