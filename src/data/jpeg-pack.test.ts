import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readUnpacked } from "./files.ts";
import { parseJpegPack } from "./jpeg-pack.ts";
import { findDirectory } from "./locate.ts";

let folder: string;
const before = process.env.FEMTO_CACHE;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "femto-pack-"));
  process.env.FEMTO_CACHE = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env.FEMTO_CACHE;
  else process.env.FEMTO_CACHE = before;
  rmSync(folder, { recursive: true });
});

const segment = (marker: number, body: number[]) => [0xff, marker, 0, body.length + 2, ...body];
const ones = new Array<number>(64).fill(1);

/**
 * An image of one colour, written by hand: quantisation 1; DC code "0": no bits, "10": 7 bits; AC code "0": end of
 * block. Luma DC 80 in the first block, no difference after it: level 128 + 80/8 = 138 everywhere, no colour.
 */
function flatJpeg(width = 16): Uint8Array {
  const counts = (...list: number[]) => [...list, ...new Array<number>(16 - list.length).fill(0)];
  const bits = `10${(80).toString(2)}0${"00".repeat(5)}`;
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...ones]),
    ...segment(0xc0, [8, 0, 16, 0, width, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]),
    ...segment(0xc4, [0x00, ...counts(1, 1), 0, 7]),
    ...segment(0xc4, [0x10, ...counts(1), 0]),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    ...(padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
    ...[0xff, 0xd9],
  ]);
}

function pack(images: Uint8Array[], labels: number[]): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(8 + 4 * (images.length + 1));
  head.write("CJPG");
  head.writeUInt32LE(images.length, 4);
  let offset = 0;
  for (const [index, image] of images.entries()) {
    offset += image.length;
    head.writeUInt32LE(offset, 12 + 4 * index);
  }
  return new Uint8Array(Buffer.concat([head, Buffer.from(labels), ...images]));
}

const good = pack([flatJpeg(), flatJpeg()], [3, 9]);

test("decodes a pack, and takes it from the cache the second time", () => {
  const first = parseJpegPack(good, "x.bin");
  expect(first.images.dims).toEqual([2, 3, 16, 16]);
  expect(new Set(first.images.data as Uint8Array)).toEqual(new Set([138]));
  expect([...(first.labels.data as Int32Array)]).toEqual([3, 9]);
  const [entry] = readdirSync(join(folder, "made"));
  expect(entry).toMatch(/^jpeg-pack-1-[0-9a-f]{64}$/);
  expect(parseJpegPack(good, "x.bin")).toEqual(first);
  writeFileSync(join(folder, "made", entry!), "damaged");
  expect(parseJpegPack(good, "x.bin")).toEqual(first);
});

const changed = (change: (bytes: Uint8Array<ArrayBuffer>) => void) => {
  const bytes = good.slice();
  change(bytes);
  return bytes;
};
const imageStart = 8 + 4 * 3 + 2;

test.each([
  ["empty", new Uint8Array(0), "jpeg-pack.magic"],
  ["other file", new Uint8Array(100), "jpeg-pack.magic"],
  ["no images", pack([], []), "jpeg-pack.layout"],
  ["index cut off", good.slice(0, 15), "jpeg-pack.layout"],
  ["images cut off", good.slice(0, -1), "jpeg-pack.layout"],
  ["offsets fall", changed((bytes) => bytes.fill(255, 12, 16)), "jpeg-pack.layout"],
  ["not a JPEG", changed((bytes) => bytes.fill(0, imageStart, imageStart + 2)), "jpeg.magic"],
  ["other size", pack([flatJpeg(), flatJpeg(32)], [0, 1]), "jpeg-pack.size"],
  ["width no multiple of 16", pack([flatJpeg(17)], [0]), "jpeg.unsupported"],
  ["progressive", changed((bytes) => bytes.fill(0xc2, imageStart + 72, imageStart + 73)), "jpeg.unsupported"],
  ["header cut off", pack([flatJpeg().subarray(0, 90)], [0]), "jpeg.truncated"],
  ["data cut off", pack([flatJpeg().subarray(0, -3)], [0]), "jpeg.truncated"],
])("refused: %s", (_, bytes, code) => {
  expect(() => parseJpegPack(bytes, "x.bin")).toThrow(
    expect.objectContaining({ code, where: expect.stringContaining("x.bin") }),
  );
});

const files = ["cifar-10/cifar10_train_jpeg.bin.gz", "cifar-10/cifar10_test_jpeg.bin.gz", "cifar-10/test_batch.bin.gz"];
const directory = findDirectory("data", files);

describe.skipIf(directory === undefined)("CIFAR-10 JPEG copy (needs cifar-10 in FEMTO_DATA)", () => {
  /** MD5 of an official batch file made from decoded images. */
  function batchMd5(pixels: Uint8Array, labels: ArrayLike<number>, batch: number): string {
    const hash = createHash("md5");
    for (let i = batch * 10_000; i < (batch + 1) * 10_000; i++) {
      hash.update(Uint8Array.of(labels[i]!)).update(pixels.subarray(i * 3072, (i + 1) * 3072));
    }
    return hash.digest("hex");
  }

  test("the pixels are those of libjpeg-turbo, all 60 000 images, in seconds of processor time", () => {
    const started = process.cpuUsage();
    const [train, test] = [files[0]!, files[1]!].map((file) =>
      parseJpegPack(readUnpacked(join(directory!, file)), file),
    );
    const seconds = process.cpuUsage(started).user / 1e6;
    const [pixels, labels] = [train!.images.data as Uint8Array, train!.labels.data as Int32Array];
    expect([0, 1, 2, 3, 4].map((batch) => batchMd5(pixels, labels, batch))).toEqual([
      "5a5142663b2c457eb7edf61944cf14cd",
      "a03813b579934887e19fffa24f57e096",
      "9338b8beb58f9f053aa7e7f6d2ca26a1",
      "5d6a4b059305fb3437429da7d5355351",
      "b543e7acd6f6cab339de5ace5ae323ae",
    ]);
    const reference = readUnpacked(join(directory!, files[2]!));
    expect(createHash("md5").update(reference).digest("hex")).toBe("11e2161f06e495577766fe4411c65d23");
    expect(batchMd5(test!.images.data as Uint8Array, test!.labels.data as Int32Array, 0)).toBe(
      "11e2161f06e495577766fe4411c65d23",
    );
    expect(seconds).toBeLessThan(15);
  });
});
