/**
 * @file A model file without the elements of its large tensors: the message is walked field by field, bulky data is
 * passed over without being read, and the lengths around it are written anew. A file of 100 MB of weights becomes a
 * message of a few kB that decodes as usual. Field numbers: onnx.proto.
 */

import type { TensorProto } from "onnx-buf";
import { fail } from "../base/errors.ts";

/** Bytes that are read on demand. `read` may give fewer at the end. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

export const inMemory = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});

/** Tensors up to this size are kept: shapes, axes and scalars take part in shape inference. */
export const MOST_KEPT_BYTES = 1024;

type MessageName = "model" | "graph" | "node" | "attribute" | "function" | "tensor" | "sparse";

/** The messages that lead to tensors, by field number. */
const inner: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  model: { 7: "graph", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  function: { 7: "node", 11: "attribute" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: {},
};

/** float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data. */
const elementFields = new Set([4, 5, 6, 7, 9, 10, 11]);

/** Does a tensor of the cut message lack its elements? */
export const isCut = (proto: TensorProto): boolean =>
  [proto.floatData, proto.int32Data, proto.stringData, proto.int64Data, proto.doubleData, proto.uint64Data].every(
    ({ length }) => length === 0,
  ) && proto.rawData.length === 0;

/** @throws FemtoError `onnx.truncated` */
export function withoutWeights(source: ByteSource): Uint8Array<ArrayBuffer> {
  const pieces = cutMessage(new Window(source), { message: "model", start: 0, end: source.size, depth: 0 });
  const bytes = new Uint8Array(lengthOf(pieces));
  let done = 0;
  for (const piece of pieces) {
    bytes.set(piece, done);
    done += piece.length;
  }
  return bytes;
}

const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** One field: where it begins, where its content begins, and where it ends. */
interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** A message from `start` to `end` of the file, within `depth` others. */
interface Place {
  readonly message: MessageName;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** Messages deeper than this are refused when they are decoded. */
const DEEPEST = 100;

/** The bytes of a message that remain. */
function cutMessage(file: Window, { message, start, end, depth }: Place): Uint8Array[] {
  const fields = fieldsOf(file, start, end);
  if (message === "tensor") return keptFields(file, fields);
  const kept: Uint8Array[] = [];
  for (const field of fields) {
    const next = field.wireType === 2 ? inner[message][field.number] : undefined;
    if (next === undefined || depth > DEEPEST) {
      kept.push(file.bytes(field.start, field.end));
      continue;
    }
    const pieces = cutMessage(file, { message: next, start: field.content, end: field.end, depth: depth + 1 });
    kept.push(varint(field.number * 8 + field.wireType), varint(lengthOf(pieces)), ...pieces);
  }
  return kept;
}

/** A tensor keeps its elements, whatever fields they stand in, or loses all of them. */
function keptFields(file: Window, fields: readonly Field[]): Uint8Array[] {
  const bulk = fields.reduce(
    (sum, { number, content, end }) => sum + (elementFields.has(number) ? end - content : 0),
    0,
  );
  return fields
    .filter(({ number }) => bulk <= MOST_KEPT_BYTES || !elementFields.has(number))
    .map((field) => file.bytes(field.start, field.end));
}

function fieldsOf(file: Window, start: number, end: number): Field[] {
  const fields: Field[] = [];
  let place = start;
  while (place < end) {
    const [tag, content] = file.varint(place);
    const wireType = tag % 8;
    const field = { number: Math.floor(tag / 8), wireType, start: place };
    if (wireType === 2) {
      const [length, from] = file.varint(content);
      fields.push({ ...field, content: from, end: from + length });
    } else if (wireType === 0) fields.push({ ...field, content, end: file.varint(content)[1] });
    else if (wireType === 1 || wireType === 5)
      fields.push({ ...field, content, end: content + (wireType === 1 ? 8 : 4) });
    else refuse(`a field of wire type ${wireType} at byte ${place}`);
    place = fields.at(-1)!.end;
    if (place > end) refuse(`a field that ends at byte ${place}, beyond its message`);
  }
  return fields;
}

const refuse = (got: string): never =>
  fail({
    code: "onnx.truncated",
    message: "the bytes are not a whole ONNX message",
    expected: "a protobuf message onnx.ModelProto",
    got,
    hint: "the file is cut off, damaged, or not ONNX at all",
  });

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

/** A piece of the source that moves along: small reads cost one read of a page. */
class Window {
  readonly #source: ByteSource;
  #start = 0;
  #bytes = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The number at a place, and the place behind it. */
  varint(place: number): readonly [number, number] {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#at(place + i);
      // what does not fit a double is a negative or huge number, which no length or tag is
      value += (byte % 128) * 128 ** i;
      if (byte < 128) return [value, place + i + 1];
    }
    return refuse(`a number of more than 10 bytes at byte ${place}`);
  }

  bytes(start: number, end: number): Uint8Array {
    const inside = start - this.#start;
    if (inside >= 0 && end - this.#start <= this.#bytes.length) return this.#bytes.subarray(inside, end - this.#start);
    const bytes = this.#source.read(start, end - start);
    return bytes.length === end - start ? bytes : refuse(`${this.#source.size} bytes`);
  }

  #at(place: number): number {
    const inside = place - this.#start;
    if (inside >= 0 && inside < this.#bytes.length) return this.#bytes[inside]!;
    this.#bytes = this.#source.read(place, PAGE) as Uint8Array<ArrayBuffer>;
    this.#start = place;
    return this.#bytes[0] ?? refuse(`${this.#source.size} bytes`);
  }
}

const PAGE = 4096;
