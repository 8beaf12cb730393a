/** @file Single tensors as files (`input_0.pb` of ONNX's conformance cases). */

import { BinaryReader } from "@bufbuild/protobuf/wire";
import { TensorProtoSchema } from "onnx-buf";
import { at, fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { decode, encode } from "./protobuf.ts";
import { tensorFromProto } from "./tensor-read.ts";
import { tensorToProto } from "./tensor-write.ts";

/**
 * Reads one TensorProto.
 * @throws FemtoError `onnx.unsupported` for a sequence or an optional, `onnx.tensor` for a damaged tensor
 */
export function readTensor(bytes: Uint8Array, name = "tensor"): { readonly name: string; readonly tensor: Tensor } {
  return at(name, () => {
    if (holdsMoreThanATensor(bytes)) {
      fail({ code: "onnx.unsupported", message: "the file holds no plain tensor", got: "a sequence or an optional" });
    }
    const proto = decode(TensorProtoSchema, bytes);
    return { name: proto.name, tensor: tensorFromProto(proto) };
  });
}

/** Writes one TensorProto. */
export const writeTensor = (tensor: Tensor, name = ""): Uint8Array<ArrayBuffer> =>
  encode(TensorProtoSchema, tensorToProto(tensor, name));

/**
 * SequenceProto and OptionalProto carry no mark of their kind, but their content is field 3, where a tensor would have
 * `segment`, which nobody writes. Bytes that are no fields at all are left to the decoder.
 */
function holdsMoreThanATensor(bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === TensorProtoSchema.field.segment.number) return true;
      reader.skip(wireType, field);
    }
  } catch {
    return false;
  }
  return false;
}
