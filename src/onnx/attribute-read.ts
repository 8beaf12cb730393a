/** @file AttributeProto → Attribute. */

import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  AttributeProto_AttributeType as Type,
} from "onnx-buf";
import { at, fail } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Attribute, Attributes } from "../graph/node.ts";
import { int64AsNumber } from "./int64.ts";
import { encode } from "./protobuf.ts";
import { type TensorSource, tensorFromProto, utf8 } from "./tensor-read.ts";

export interface AttributeReader {
  readonly tensors: TensorSource;
  /** References to attributes of the enclosing function are allowed. */
  readonly inFunction: boolean;
  readGraph(proto: GraphProto): Graph;
}

/** @throws FemtoError `onnx.attribute`, `onnx.unsupported` and what tensors and subgraphs throw */
export function readAttributes(protos: readonly AttributeProto[], reader: AttributeReader): Attributes {
  const attributes = new Map<string, Attribute>();
  for (const proto of protos) {
    at(`attribute ${proto.name}`, () => {
      if (proto.name === "" || attributes.has(proto.name)) {
        fail({ code: "onnx.attribute", message: proto.name === "" ? "an attribute has no name" : "it is given twice" });
      }
      attributes.set(proto.name, readAttribute(proto, reader));
    });
  }
  return Object.fromEntries(attributes);
}

function readAttribute(proto: AttributeProto, reader: AttributeReader): Attribute {
  if (proto.refAttrName !== "") {
    if (reader.inFunction) return { type: "reference", value: proto.refAttrName, as: proto.type };
    return fail({
      code: "onnx.attribute",
      message: `it refers to "${proto.refAttrName}" of a function`,
      expected: "a reference only inside a function body",
    });
  }
  switch (proto.type) {
    case Type.FLOAT:
      return { type: "float", value: proto.f };
    case Type.INT:
      return { type: "int", value: int64AsNumber(proto.i) };
    case Type.STRING:
      return { type: "string", value: utf8(proto.s) };
    case Type.FLOATS:
      return { type: "floats", value: proto.floats };
    case Type.INTS:
      return { type: "ints", value: proto.ints.map(int64AsNumber) };
    case Type.STRINGS:
      return { type: "strings", value: proto.strings.map(utf8) };
    case Type.TENSOR:
      return { type: "tensor", value: tensorFromProto(present(proto.t), reader.tensors) };
    case Type.GRAPH:
      return { type: "graph", value: reader.readGraph(present(proto.g)) };
    case Type.TYPE_PROTO:
    case Type.TYPE_PROTOS:
    case Type.TENSORS:
      // Carried as bytes, so that no protobuf object leaves this room.
      return { type: "opaque", value: encode(AttributeProtoSchema, proto) };
    case Type.SPARSE_TENSOR:
    case Type.SPARSE_TENSORS:
    case Type.GRAPHS:
      return fail({
        code: "onnx.unsupported",
        message: `attributes of kind ${Type[proto.type]} are not supported`,
        hint: "make sparse constants dense when exporting",
      });
    default:
      return fail({ code: "onnx.attribute", message: "it states no type", expected: "AttributeProto.type" });
  }
}

function present<T>(content: T | undefined): T {
  return content ?? fail({ code: "onnx.attribute", message: "it is empty" });
}
