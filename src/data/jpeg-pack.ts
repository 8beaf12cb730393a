/**
 * @file `CJPG`: many little JPEG images of one size with their labels in one file. Layout, little-endian: "CJPG",
 * uint32 N, N+1 uint32 offsets into the image area, N label bytes, the images. It keeps CIFAR-10 at 18 MB.
 */

import { at, fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { cached } from "./cache.ts";
import { sha256 } from "./files.ts";
import { BaselineJpeg } from "./jpeg/baseline.ts";

export interface PackedImages {
  /** uint8 [N, 3, height, width] */
  readonly images: Tensor;
  /** int32 [N] */
  readonly labels: Tensor;
}

/** Decodes a pack, or takes the images from the cache: the decoded form is kept under the checksum of the pack. */
export function parseJpegPack(bytes: Uint8Array<ArrayBuffer>, where: string): PackedImages {
  const { total, offset, labels } = parseLayout(bytes, where);
  const image = (index: number): Uint8Array => bytes.subarray(offset(index), offset(index + 1));
  const decoder = new BaselineJpeg();
  const { width, height } = at(`${where} › image 0`, () => decoder.size(image(0)));
  const size = 3 * width * height;
  const pixels = cached(`jpeg-pack-1-${sha256(bytes)}`, () => {
    const out = new Uint8ClampedArray(total * size);
    for (let i = 0; i < total; i++) {
      at(`${where} › image ${i}`, () => {
        const own = decoder.size(image(i));
        if (own.width !== width || own.height !== height) {
          fail({
            code: "jpeg-pack.size",
            message: "images differ in size",
            expected: `${width}×${height}`,
            got: `${own.width}×${own.height}`,
          });
        }
        decoder.decode(image(i), out.subarray(i * size, (i + 1) * size));
      });
    }
    return new Uint8Array(out.buffer);
  });
  return {
    images: { dtype: "uint8", dims: [total, 3, height, width], data: pixels },
    labels: { dtype: "int32", dims: [total], data: Int32Array.from(labels) },
  };
}

function parseLayout(bytes: Uint8Array<ArrayBuffer>, where: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 8 || view.getUint32(0) !== 0x434a5047) {
    fail({
      code: "jpeg-pack.magic",
      where,
      message: "not a pack of JPEG images",
      expected: 'first bytes "CJPG"',
      got: bytes.length === 0 ? "an empty file" : JSON.stringify(Buffer.from(bytes.subarray(0, 4)).toString("latin1")),
    });
  }
  const total = view.getUint32(4, true);
  const area = 8 + 4 * (total + 1) + total;
  const damaged = (message: string, expected: string, got: string) =>
    fail({
      code: "jpeg-pack.layout",
      where,
      message,
      expected,
      got,
      hint: "the file is cut off or damaged; get it again",
    });
  if (total === 0) damaged("the pack is empty", "at least one image", "0 images");
  if (bytes.length < area) damaged("index ends early", `${area} bytes before the images`, `${bytes.length} bytes`);
  const offset = (index: number): number => area + view.getUint32(8 + 4 * index, true);
  for (let i = 0; i < total; i++) {
    if (offset(i) >= offset(i + 1))
      damaged(`offsets of image ${i} do not rise`, `more than ${offset(i)}`, `${offset(i + 1)}`);
  }
  if (offset(total) !== bytes.length) {
    damaged("images and index do not fit", `a file of ${offset(total)} bytes`, `${bytes.length} bytes`);
  }
  return { total, offset, labels: bytes.subarray(area - total, area) };
}
