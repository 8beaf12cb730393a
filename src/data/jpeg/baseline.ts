/**
 * @file A small baseline JPEG decoder (ITU-T T.81) for packs of many little images that share one header: colour,
 * luma sampled 2×2, sides whole multiples of 16. What it decodes equals libjpeg-turbo bit for bit; anything else it
 * refuses. General decoders in JavaScript use another transform and repeat chroma samples, so their pixels differ.
 */

import { fail } from "../../base/errors.ts";
import { doubleChroma, toRgb } from "./chroma.ts";
import { BitReader, type HuffmanTable, huffmanTable } from "./huffman.ts";
import { inverseDct } from "./inverse-dct.ts";

/** Row-major place of the k-th coefficient in zig-zag order (figure A.6). */
const zigZag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

interface Component {
  readonly id: number;
  readonly quantisation: Uint16Array;
  dc: HuffmanTable | undefined;
  ac: HuffmanTable | undefined;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** Where the entropy-coded segment begins. */
  readonly end: number;
}

const refuse = (what: string, got: string): never =>
  fail({
    code: "jpeg.unsupported",
    message: what,
    expected: "baseline JPEG, 3 components, luma sampled 2×2, sides multiples of 16, no restart markers",
    got,
  });

const truncated = (): never =>
  fail({ code: "jpeg.truncated", message: "header ends early", hint: "the file is cut off or damaged; get it again" });

function parseHeader(bytes: Uint8Array): Header {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) {
    const first = Buffer.from(bytes.subarray(0, 2)).toString("hex");
    fail({ code: "jpeg.magic", message: "not a JPEG image", expected: "first bytes ffd8", got: first });
  }
  const quantisation = new Map<number, Uint16Array>();
  const huffman = new Map<number, HuffmanTable>();
  let frame: { width: number; height: number; components: Component[] } | undefined;
  let position = 2;
  for (;;) {
    if (position + 4 > bytes.length) truncated();
    if (bytes[position] !== 0xff) fail({ code: "jpeg.marker", message: `no marker at byte ${position}` });
    const marker = bytes[position + 1]!;
    const end = position + 2 + bytes[position + 2]! * 256 + bytes[position + 3]!;
    if (end > bytes.length) truncated();
    const body = bytes.subarray(position + 4, end);
    position = end;
    if (marker === 0xdb) readQuantisation(body, quantisation);
    else if (marker === 0xc4) readHuffman(body, huffman);
    else if (marker === 0xc0) frame = readFrame(body, quantisation);
    else if (marker === 0xdd && (body[0] !== 0 || body[1] !== 0)) refuse("restart intervals", "a DRI segment");
    else if (marker >= 0xc1 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      refuse("not a baseline image", `frame type SOF${marker - 0xc0}`);
    } else if (marker === 0xda) {
      if (frame === undefined) return fail({ code: "jpeg.marker", message: "scan begins before the frame header" });
      readScan(body, frame.components, huffman);
      return { ...frame, end };
    }
  }
}

function readQuantisation(body: Uint8Array, tables: Map<number, Uint16Array>): void {
  for (let at = 0; at < body.length; at += 65) {
    if (body[at]! >> 4 !== 0) refuse("16-bit quantisation table", `precision ${body[at]! >> 4}`);
    if (at + 65 > body.length) truncated();
    tables.set(body[at]! & 15, Uint16Array.from(body.subarray(at + 1, at + 65)));
  }
}

function readHuffman(body: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at < body.length; ) {
    const counts = body.slice(at + 1, at + 17);
    const size = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + size > body.length) truncated();
    tables.set(body[at]!, huffmanTable(counts, body.slice(at + 17, at + 17 + size)));
    at += 17 + size;
  }
}

function readFrame(body: Uint8Array, tables: Map<number, Uint16Array>) {
  if (body.length < 15 || body[5] !== 3) refuse("number of components", `${body[5] ?? 0}`);
  const height = body[1]! * 256 + body[2]!;
  const width = body[3]! * 256 + body[4]!;
  if (body[0] !== 8) refuse("sample precision", `${body[0]} bits`);
  if (width === 0 || height === 0 || width % 16 !== 0 || height % 16 !== 0) refuse("image size", `${width}×${height}`);
  const components = [0, 1, 2].map((index): Component => {
    const [id, sampling, table] = body.subarray(6 + 3 * index, 9 + 3 * index) as unknown as [number, number, number];
    if (sampling !== (index === 0 ? 0x22 : 0x11)) refuse("chroma sampling", `0x${sampling.toString(16)}`);
    const quantisation = tables.get(table);
    return quantisation === undefined
      ? refuse("quantisation table is missing", `table ${table}`)
      : { id, quantisation, dc: undefined, ac: undefined };
  });
  return { width, height, components };
}

function readScan(body: Uint8Array, components: Component[], tables: Map<number, HuffmanTable>): void {
  if (body[0] !== 3) refuse("scan of part of the components", `${body[0]} components`);
  for (const [index, component] of components.entries()) {
    const selector = body[2 + 2 * index]!;
    const dc = tables.get(selector >> 4);
    const ac = tables.get(16 + (selector & 15));
    if (body[1 + 2 * index] !== component.id || dc === undefined || ac === undefined) {
      refuse("scan header", Buffer.from(body).toString("hex"));
    }
    component.dc = dc;
    component.ac = ac;
  }
}

/** Decodes images one after another; the header is parsed anew only where it differs from the one before. */
export class BaselineJpeg {
  #header: Header | undefined;
  #headerBytes = new Uint8Array(0);
  readonly #block = new Int32Array(64);
  #luma = new Uint8ClampedArray(0);
  #chroma: [Uint8ClampedArray, Uint8ClampedArray] = [this.#luma, this.#luma];
  #full: [Uint8Array, Uint8Array] = [this.#headerBytes, this.#headerBytes];

  /** Width and height of an image in pixels. */
  size(bytes: Uint8Array): { width: number; height: number } {
    const known = this.#headerBytes;
    if (
      this.#header === undefined ||
      bytes.length < known.length ||
      Buffer.compare(bytes.subarray(0, known.length), known) !== 0
    ) {
      this.#header = parseHeader(bytes);
      this.#headerBytes = bytes.slice(0, this.#header.end);
      const size = this.#header.width * this.#header.height;
      this.#luma = new Uint8ClampedArray(size);
      this.#chroma = [new Uint8ClampedArray(size / 4), new Uint8ClampedArray(size / 4)];
      this.#full = [new Uint8Array(size), new Uint8Array(size)];
    }
    return this.#header;
  }

  /** Writes the red, green and blue plane of one image to `out` (3·height·width samples). */
  decode(bytes: Uint8Array, out: Uint8ClampedArray): void {
    const { width, height } = this.size(bytes);
    const { components, end } = this.#header!;
    const bits = new BitReader(bytes, end);
    const predictors: [number, number, number] = [0, 0, 0];
    const block = (index: 0 | 1 | 2, plane: Uint8ClampedArray, column: number, row: number, stride: number): void => {
      predictors[index] = this.#readBlock(bits, components[index]!, predictors[index]);
      inverseDct(this.#block, plane, 8 * (row * stride + column), stride);
    };
    for (let row = 0; row < height / 16; row++) {
      for (let column = 0; column < width / 16; column++) {
        for (let part = 0; part < 4; part++) {
          block(0, this.#luma, 2 * column + (part & 1), 2 * row + (part >> 1), width);
        }
        block(1, this.#chroma[0], column, row, width / 2);
        block(2, this.#chroma[1], column, row, width / 2);
      }
    }
    doubleChroma(this.#chroma[0], width / 2, height / 2, this.#full[0]);
    doubleChroma(this.#chroma[1], width / 2, height / 2, this.#full[1]);
    toRgb(this.#luma, this.#full[0], this.#full[1], out);
  }

  /** Huffman codes to dequantised coefficients; returns the new DC predictor. */
  #readBlock(bits: BitReader, { dc, ac, quantisation }: Component, predictor: number): number {
    const block = this.#block.fill(0);
    const value = predictor + bits.number(bits.symbol(dc!));
    block[0] = value * quantisation[0]!;
    for (let k = 1; k < 64; k++) {
      const symbol = bits.symbol(ac!);
      const size = symbol & 15;
      k += symbol >> 4;
      if (size === 0) {
        if (symbol !== 0xf0) break;
        continue;
      }
      if (k > 63) fail({ code: "jpeg.block", message: "a block has more than 64 coefficients" });
      block[zigZag[k]!] = bits.number(size) * quantisation[k]!;
    }
    return value;
  }
}
