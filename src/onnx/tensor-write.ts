/** @file Tensor → TensorProto: raw little-endian bytes (sub-byte elements packed), strings in their own field. */

import { create } from "@bufbuild/protobuf";
import { StringStringEntryProtoSchema, type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from "onnx-buf";
import { bitsOf, kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { byteSize, sizeOf, type Tensor } from "../base/tensor.ts";
import { codeOfDType } from "./dtype-codes.ts";
import { pack } from "./sub-byte.ts";

/** Takes a tensor's bytes and says where they went; `undefined` keeps them in the message. */
export type ExternalSink = (tensor: Tensor, bytes: Uint8Array<ArrayBuffer>) => ExternalPlace | undefined;

export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
}

/** @throws FemtoError `onnx.tensor` where shape and data disagree */
export function tensorToProto(tensor: Tensor, name: string, sink?: ExternalSink): TensorProto {
  const proto = create(TensorProtoSchema, { dims: tensor.dims.map(BigInt), dataType: codeOfDType(tensor.dtype) });
  if (name !== "") proto.name = name;
  const length = sizeOf(tensor.dims) * (kindOf(tensor.dtype) === "complex" ? 2 : 1);
  if (tensor.data.length !== length) {
    fail({
      code: "onnx.tensor",
      where: name,
      message: "the tensor's shape does not match its elements",
      expected: `${length} for [${tensor.dims.join(", ")}]`,
      got: `${tensor.data.length}`,
    });
  }
  if (tensor.dtype === "string") {
    proto.stringData = (tensor.data as string[]).map((text) => new TextEncoder().encode(text));
    return proto;
  }
  const bytes = rawBytes(tensor);
  const place = sink?.(tensor, bytes);
  if (place === undefined) {
    proto.rawData = bytes;
    return proto;
  }
  proto.dataLocation = TensorProto_DataLocation.EXTERNAL;
  const fields = { location: place.location, offset: `${place.offset}`, length: `${byteSize(tensor)}` };
  proto.externalData = Object.entries(fields).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  return proto;
}

function rawBytes({ dtype, data }: Tensor): Uint8Array<ArrayBuffer> {
  const elements = data as Exclude<Tensor["data"], string[]>;
  return bitsOf(dtype) < 8
    ? pack(dtype, elements as Uint8Array)
    : new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
