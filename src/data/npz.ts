/** @file NumPy archives: a ZIP of `.npy` files, one an array. Checksums of the members are verified, which few readers do. */

import { crc32 } from "node:zlib";
import { type Unzipped, unzipSync, zipSync } from "fflate";
import { at, FemtoError, fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { readUnpacked, writeAtomic } from "./files.ts";
import { formatNpy, parseNpy } from "./npy.ts";

/** Reads an `.npz` file; arrays by name, in the order of the archive. */
export const readNpz = (path: string, names?: readonly string[]): Map<string, Tensor> =>
  parseNpz(readUnpacked(path), path, names);

/** @param names read these arrays only (those of them that are there) */
export function parseNpz(
  bytes: Uint8Array<ArrayBuffer>,
  where: string,
  names?: readonly string[],
): Map<string, Tensor> {
  const checksums = directory(bytes, where);
  const arrays = new Map<string, Tensor>();
  for (const [member, contents] of Object.entries(unzip(bytes, where, names))) {
    const name = member.slice(0, -4);
    if (crc32(contents) !== checksums.get(member)) {
      fail({
        code: "npz.checksum",
        where: `${where} › ${name}`,
        message: "contents do not have the checksum that the archive states",
        hint: "the file is damaged; save or fetch it again",
      });
    }
    arrays.set(
      name,
      at(where, () => parseNpy(contents, name)),
    );
  }
  return arrays;
}

/** Names of the arrays, without reading them. */
export const npzNames = (bytes: Uint8Array<ArrayBuffer>, where: string): string[] =>
  [...directory(bytes, where).keys()].filter((member) => member.endsWith(".npy")).map((member) => member.slice(0, -4));

function unzip(bytes: Uint8Array<ArrayBuffer>, where: string, names?: readonly string[]): Unzipped {
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        // DEFLATE shrinks 1032:1 at most: a greater claim is a damaged size, and would allocate what is not there.
        if (originalSize > 1032 * size + 64)
          throw new Error(`member "${name}" claims ${originalSize} bytes from ${size}`);
        return name.endsWith(".npy") && (names === undefined || names.includes(name.slice(0, -4)));
      },
    });
  } catch (cause) {
    throw new FemtoError(
      {
        code: "npz.zip",
        where,
        message: "archive cannot be unpacked",
        got: (cause as Error).message,
        hint: "the file is cut off or damaged; save or fetch it again",
      },
      { cause },
    );
  }
}

/** CRC-32 of every member, from the central directory (APPNOTE.txt 4.3.12). */
function directory(bytes: Uint8Array<ArrayBuffer>, where: string): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 22 - 65536 && view.getUint32(end, true) !== 0x06054b50) end--;
  const damaged = (message: string, got: string): never =>
    fail({
      code: "npz.zip",
      where,
      message,
      expected: "a NumPy .npz archive (ZIP)",
      got,
      hint: "the file is cut off or damaged",
    });
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) {
    return damaged("no ZIP directory", bytes.length === 0 ? "an empty file" : `${bytes.length} bytes without one`);
  }
  const checksums = new Map<string, number>();
  let position = view.getUint32(end + 16, true);
  for (let i = view.getUint16(end + 10, true); i > 0; i--) {
    if (position + 46 > end || view.getUint32(position, true) !== 0x02014b50)
      damaged("ZIP directory is damaged", `byte ${position}`);
    const name = view.getUint16(position + 28, true);
    const extra = view.getUint16(position + 30, true) + view.getUint16(position + 32, true);
    if (position + 46 + name + extra > end) damaged("ZIP directory is damaged", `byte ${position}`);
    const text = Buffer.from(bytes.subarray(position + 46, position + 46 + name)).toString("utf8");
    checksums.set(text, view.getUint32(position + 16, true));
    position += 46 + name + extra;
  }
  return checksums;
}

/** The bytes of an `.npz` file (`numpy.savez`, or `savez_compressed` where asked); equal contents give equal bytes. */
export function formatNpz(arrays: Iterable<readonly [string, Tensor]>, compressed = false): Uint8Array<ArrayBuffer> {
  const members = [...arrays].map(([name, values]) => [`${name}.npy`, formatNpy(values)] as const);
  // A fixed time stamp (the least that ZIP knows) instead of now.
  return zipSync(Object.fromEntries(members), { level: compressed ? 6 : 0, mtime: new Date(1980, 0, 1) });
}

/** Writes an `.npz` file, all or nothing. */
export const writeNpz = (path: string, arrays: Iterable<readonly [string, Tensor]>, compressed = false): void =>
  writeAtomic(path, formatNpz(arrays, compressed));
