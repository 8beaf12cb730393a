/** @file Attribute → AttributeProto. */

import { create } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  AttributeProto_AttributeType as Type,
} from "onnx-buf";
import type { Graph } from "../graph/graph.ts";
import type { Attribute } from "../graph/node.ts";
import { int64Saturated } from "./int64.ts";
import { decode } from "./protobuf.ts";
import { tensorToProto } from "./tensor-write.ts";

export function attributeToProto(
  name: string,
  attribute: Attribute,
  writeGraph: (graph: Graph) => GraphProto,
): AttributeProto {
  const proto = (fields: Partial<AttributeProto>) =>
    create(AttributeProtoSchema, { name, ...fields } as AttributeProto);
  switch (attribute.type) {
    case "float":
      return proto({ type: Type.FLOAT, f: attribute.value });
    case "int":
      return proto({ type: Type.INT, i: int64Saturated(attribute.value) });
    case "string":
      return proto({ type: Type.STRING, s: new TextEncoder().encode(attribute.value) });
    case "floats":
      return proto({ type: Type.FLOATS, floats: [...attribute.value] });
    case "ints":
      return proto({ type: Type.INTS, ints: attribute.value.map(int64Saturated) });
    case "strings":
      return proto({ type: Type.STRINGS, strings: attribute.value.map((text) => new TextEncoder().encode(text)) });
    case "tensor":
      return proto({ type: Type.TENSOR, t: tensorToProto(attribute.value, "") });
    case "graph":
      return proto({ type: Type.GRAPH, g: writeGraph(attribute.value) });
    case "reference":
      return proto({ type: attribute.as, refAttrName: attribute.value });
    case "opaque":
      return decode(AttributeProtoSchema, attribute.value as Uint8Array);
  }
}
