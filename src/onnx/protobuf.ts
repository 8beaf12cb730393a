/**
 * @file Bytes ↔ protobuf messages. Every way in which a file can fail to be protobuf (cut off, bits flipped, nested
 * without end) becomes one FemtoError here, so that the rest of the room only meets whole messages.
 */

import { type DescMessage, fromBinary, isFieldSet, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { fail } from "../base/errors.ts";

/** @throws FemtoError `onnx.truncated` (not a whole message), `onnx.depth` (nested deeper than 100 messages) */
export function decode<Schema extends DescMessage>(schema: Schema, bytes: Uint8Array): MessageShape<Schema> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.includes("recursion depth")) {
      return fail({
        code: "onnx.depth",
        message: "graphs are nested too deeply",
        expected: "at most 100 protobuf messages within each other (about 30 nested graphs)",
      });
    }
    return fail({
      code: "onnx.truncated",
      message: "the bytes are not a whole ONNX message",
      expected: `a protobuf message ${schema.typeName}`,
      got: `${bytes.length} bytes, ${reason}`,
      hint: "the file is cut off, damaged, or not ONNX at all",
    });
  }
}

/** Fields in the order of their numbers: equal messages give equal bytes. */
export function encode<Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
): Uint8Array<ArrayBuffer> {
  return toBinary(schema, message);
}

export { isFieldSet };
