/**
 * @file Files in forms that Femto itself no longer writes, from a short notation; for tests of the way in.
 */

import { create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Tensor } from "../base/tensor.ts";
import { encode } from "./protobuf.ts";
import { tensorToProto } from "./tensor-write.ts";
import { typeToProto } from "./value-types.ts";

/** An attribute as an old file has it; `{ ref }` refers to an attribute of the function around the node. */
export type Old =
  | number
  | string
  | readonly number[]
  | { readonly floats: readonly number[] }
  | { float: number }
  | OldReference;
type OldReference = { readonly ref: string; readonly as: Kind };

export interface OldNode {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Old>>;
  readonly body?: OldGraph;
}

export interface OldGraph {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly OldNode[];
  readonly outputs: readonly string[];
}

export interface OldFile extends OldGraph {
  readonly opset: number;
  readonly ir?: number;
  /** Imported besides the standard domain, in version 1. */
  readonly domains?: readonly string[];
  /** A function of domain `test` that the nodes may call. */
  readonly fn?: {
    readonly name: string;
    readonly inputs: string[];
    readonly outputs: string[];
    readonly attributes: string[];
    readonly nodes: readonly OldNode[];
  };
}

/** The bytes of a file. */
export function oldFile(each: OldFile): Uint8Array {
  const imported = (domain: string, version: number) =>
    create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) });
  const opset = imported("", each.opset);
  const others = [...(each.domains ?? []), ...(each.fn ? ["test"] : [])].map((domain) => imported(domain, 1));
  const functions = each.fn && [
    create(FunctionProtoSchema, {
      name: each.fn.name,
      domain: "test",
      input: each.fn.inputs,
      output: each.fn.outputs,
      attribute: each.fn.attributes,
      node: each.fn.nodes.map(oldNode),
      opsetImport: [opset],
    }),
  ];
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(each.ir ?? 8),
    opsetImport: [opset, ...others],
    graph: oldGraph(each),
    ...(functions && { functions }),
  });
  return encode(ModelProtoSchema, model);
}

function oldGraph({ inputs, initializers = {}, nodes, outputs }: OldGraph, isInner = false) {
  return create(GraphProtoSchema, {
    name: "g",
    node: nodes.map(oldNode),
    input: Object.entries(inputs).map(([name, { dtype, dims }]) =>
      create(ValueInfoProtoSchema, { name, type: typeToProto({ dtype, dims }) }),
    ),
    initializer: Object.entries(initializers).map(([name, constant]) => tensorToProto(constant, name)),
    output: outputs.map((name) =>
      create(ValueInfoProtoSchema, {
        name,
        ...(isInner && { type: typeToProto({ dtype: "float32", dims: undefined }) }),
      }),
    ),
  });
}

function oldNode({ op, domain = "", inputs, outputs, attributes = {}, body }: OldNode): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => oldAttribute(name, value));
  if (body !== undefined) {
    attribute.push(create(AttributeProtoSchema, { name: "body", type: Kind.GRAPH, g: oldGraph(body, true) }));
  }
  return create(NodeProtoSchema, { opType: op, domain, input: [...inputs], output: [...outputs], attribute });
}

function oldAttribute(name: string, value: Old) {
  const int = (number: number) => (number >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(number));
  const make = (fields: object) => create(AttributeProtoSchema, { name, ...fields });
  if (typeof value === "number") return make({ type: Kind.INT, i: int(value) });
  if (typeof value === "string") return make({ type: Kind.STRING, s: new TextEncoder().encode(value) });
  if ("ref" in value) return make({ type: value.as, refAttrName: value.ref });
  if ("float" in value) return make({ type: Kind.FLOAT, f: value.float });
  if ("floats" in value) return make({ type: Kind.FLOATS, floats: [...value.floats] });
  return make({ type: Kind.INTS, ints: value.map(int) });
}
