/** @file Single tensors as files (`input_0.pb` of ONNX's conformance cases). */

import { TensorProtoSchema } from "onnx-buf";
import { at, fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { decode, encode, isFieldSet } from "./protobuf.ts";
import { tensorFromProto } from "./tensor-read.ts";
import { tensorToProto } from "./tensor-write.ts";

/**
 * Reads one TensorProto.
 * @throws FemtoError `onnx.unsupported` for a sequence or an optional, `onnx.tensor` for a damaged tensor
 */
export function readTensor(bytes: Uint8Array, name = "tensor"): { readonly name: string; readonly tensor: Tensor } {
  return at(name, () => {
    const proto = decode(TensorProtoSchema, bytes);
    // SequenceProto and OptionalProto carry no mark of their kind: their name lies where a tensor has dimensions, and
    // their content where a tensor has `segment`, which nobody writes.
    if (isFieldSet(proto, TensorProtoSchema.field.segment)) {
      fail({ code: "onnx.unsupported", message: "the file holds no plain tensor", got: "a sequence or an optional" });
    }
    return { name: proto.name, tensor: tensorFromProto(proto) };
  });
}

/** Writes one TensorProto. */
export const writeTensor = (tensor: Tensor, name = ""): Uint8Array<ArrayBuffer> =>
  encode(TensorProtoSchema, tensorToProto(tensor, name));
