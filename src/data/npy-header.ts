/**
 * @file The header of a NumPy `.npy` file, versions 1–3 (numpy.lib.format): magic, version, length, a Python dictionary
 * with `descr` (byte order, kind, width), `fortran_order` and `shape`.
 */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";

/** NumPy's kind and width in bytes for every element type that both sides know. */
const types: Record<string, DType> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};

export interface NpyHeader {
  /** A tensor type, or text of a fixed width: `U` four bytes a character (UCS-4), `S` one byte. */
  readonly type: DType | { readonly text: "U" | "S"; readonly width: number };
  readonly order: "little" | "big";
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly end: number;
}

const magic = "\x93NUMPY";

export function parseNpyHeader(bytes: Uint8Array<ArrayBuffer>, where: string): NpyHeader {
  const start = Buffer.from(bytes.subarray(0, 6)).toString("latin1");
  if (start !== magic) {
    fail({
      code: "npy.magic",
      where,
      message: "not a NumPy .npy file",
      expected: "first bytes 93 4e 55 4d 50 59 (\\x93NUMPY)",
      got: bytes.length === 0 ? "an empty file" : Buffer.from(bytes.subarray(0, 6)).toString("hex"),
    });
  }
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) {
    fail({
      code: "npy.version",
      where,
      message: "unknown version of the format",
      expected: "1, 2 or 3",
      got: `${version}`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const prefix = version === 1 ? 10 : 12;
  const length = bytes.length < prefix ? Number.NaN : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = prefix + length;
  if (!(end <= bytes.length)) {
    fail({
      code: "npy.truncated",
      where,
      message: "header ends early",
      expected: Number.isNaN(end) ? `at least ${prefix} bytes` : `a header of ${length} bytes`,
      got: `${bytes.length} bytes`,
      hint: "the file is cut off or damaged; get it again",
    });
  }
  const text = Buffer.from(bytes.subarray(prefix, end)).toString(version === 3 ? "utf8" : "latin1");
  return { ...parseDictionary(text, where), end };
}

function parseDictionary(text: string, where: string): Omit<NpyHeader, "end"> {
  const descr = /['"]descr['"]\s*:\s*(?:['"]([<>|=]?[A-Za-z]\d*)['"]|(\[))/.exec(text);
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(((?:\s*\d+\s*,?)*)\)/.exec(text);
  if (descr === null || fortran === null || shape === null) {
    return fail({
      code: "npy.header",
      where,
      message: "header cannot be understood",
      expected: "{'descr': …, 'fortran_order': …, 'shape': (…)}",
      got: JSON.stringify(text.trim().slice(0, 120)),
    });
  }
  return {
    ...parseDescr(descr[1], where),
    fortran: fortran[1] === "True",
    shape: (shape[1]!.match(/\d+/g) ?? []).map(Number),
  };
}

function parseDescr(descr: string | undefined, where: string): Pick<NpyHeader, "type" | "order"> {
  const [, order = "", kind = "", width = ""] = /^([<>|=]?)([A-Za-z])(\d*)$/.exec(descr ?? "") ?? [];
  const text = kind === "U" || kind === "S" ? ({ text: kind, width: Number(width) } as const) : undefined;
  const type = text ?? types[kind + width];
  if (type === undefined) {
    const objects = kind === "O";
    return fail({
      code: "npy.dtype",
      where,
      message: objects ? "array of Python objects (pickle) is not read: it could run code" : "unknown element type",
      expected: `one of ${Object.keys(types).join(", ")}, U, S`,
      got: descr ?? "a structured type (record array)",
      hint: objects
        ? "rows of different length become objects; pad them and save as numbers"
        : "save with a plain type, e.g. x.astype('float32')",
    });
  }
  return { type, order: order === ">" ? "big" : "little" };
}

const codes = new Map(Object.entries(types).map(([code, dtype]) => [dtype, code]));

/** Version 1 (2 where it is too long) header with the elements aligned to 64 bytes, as NumPy writes it. */
export function writeNpyHeader(dtype: DType, shape: readonly number[], characters: number): Uint8Array<ArrayBuffer> {
  const code = dtype === "string" ? `U${characters}` : codes.get(dtype);
  if (code === undefined) {
    return fail({
      code: "npy.dtype",
      message: "NumPy has no such element type",
      expected: `one of ${[...codes.keys(), "string"].join(", ")}`,
      got: dtype,
      hint: "cast to float32 or an integer of whole bytes first",
    });
  }
  const order = code.endsWith("1") && code.length === 2 ? "|" : "<";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const version = text.length + 64 < 65536 ? 1 : 2;
  const prefix = version === 1 ? 10 : 12;
  const total = Math.ceil((prefix + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(total, 0x20);
  header.write(magic, 0, "latin1");
  header[6] = version;
  header[7] = 0;
  if (version === 1) header.writeUInt16LE(total - prefix, 8);
  else header.writeUInt32LE(total - prefix, 8);
  header.write(text, prefix, "latin1");
  header[total - 1] = 0x0a;
  return new Uint8Array(header);
}
