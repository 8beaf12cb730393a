/**
 * @file Lets a test see values that onnxruntime-node cannot pass: small floats and integers below 8 bits have no
 * JavaScript array there (fetching an int4 output even ends the process). Such inputs become initializers, such outputs
 * are cast to float32, which holds all of them exactly; the nodes in between stay as they are.
 */

import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { DType } from "../base/dtype.ts";
import type { Tensor } from "../base/tensor.ts";
import { codeOfDType, dtypeOfCode } from "./dtype-codes.ts";
import { decode, encode } from "./protobuf.ts";
import { tensorToProto } from "./tensor-write.ts";
import { typeToProto } from "./value-types.ts";

const passable: ReadonlySet<DType> = new Set([
  "float32",
  "float64",
  "float16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint64",
  "uint32",
  "uint16",
  "uint8",
  "bool",
  "string",
]);

export const isPassable = (dtype: DType): boolean => passable.has(dtype);

/** The file with its impassable inputs filled in and its impassable outputs cast, each under its own name. */
export function observableFile(bytes: Uint8Array, feeds: ReadonlyMap<string, Tensor>): Uint8Array {
  const model = decode(ModelProtoSchema, bytes);
  const graph = model.graph ?? create(GraphProtoSchema);
  const hidden = [...feeds].filter(([, tensor]) => !isPassable(tensor.dtype));
  graph.input = graph.input.filter(({ name }) => !hidden.some(([other]) => other === name));
  for (const [name, tensor] of hidden) graph.initializer.push(tensorToProto(tensor, name));
  graph.output = graph.output.map((output) => {
    const type = output.type?.value;
    const dtype = type?.case === "tensorType" ? dtypeOfCode(type.value.elemType) : undefined;
    if (dtype === undefined || isPassable(dtype)) return output;
    const name = seenAs(output.name);
    const to = create(AttributeProtoSchema, {
      name: "to",
      type: AttributeProto_AttributeType.INT,
      i: BigInt(codeOfDType("float32")),
    });
    graph.node.push(create(NodeProtoSchema, { opType: "Cast", input: [output.name], output: [name], attribute: [to] }));
    return create(ValueInfoProtoSchema, { name, type: typeToProto({ dtype: "float32", dims: undefined }) });
  });
  return encode(ModelProtoSchema, model);
}

/** The name under which {@link observableFile} shows an impassable output. */
export const seenAs = (name: string): string => `${name}_seen`;
